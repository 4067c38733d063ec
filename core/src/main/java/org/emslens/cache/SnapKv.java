package org.emslens.cache;

/**
 * Keeps the window and the best by mean attention of the window's queries, average-pooled over five
 * neighbours. Source: arXiv 2404.14469.
 */
public final class SnapKv extends HeadwisePolicy {
  private static final int KERNEL = 5;

  private final CacheOptions options;

  public SnapKv(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  HeadPlan plan(HeadState head, int budget) {
    float[] score = score(head.local(), head.slots() - options.window());
    return TopSlots.plan(head, budget, options.window(), score, options);
  }

  /**
   * Mean over five neighbours among the c candidates, zeros beyond the edges, divisor five
   * throughout.
   */
  static float[] score(float[] local, int c) {
    float[] score = new float[c];
    for (int j = 0; j < c; j++) {
      float sum = 0;
      for (int i = Math.max(0, j - KERNEL / 2); i <= Math.min(c - 1, j + KERNEL / 2); i++) {
        sum += local[i];
      }
      score[j] = sum / KERNEL;
    }
    return score;
  }
}
