package org.emslens.cache;

import java.util.List;

/**
 * Token omission via attention: drops the slots with the lowest attention of the newest query,
 * averaged over all query heads of the layer, at every step. All heads of a layer keep the same
 * slots. Source: arXiv 2401.06104.
 */
public final class Tova implements CachePolicy {
  private final CacheOptions options;

  public Tova(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return 1;
  }

  /** It is defined step by step: one slot comes, one goes. */
  @Override
  public int slack(int wanted) {
    return 1;
  }

  @Override
  public List<HeadPlan> plan(LayerState layer, int budget) {
    int slots = layer.heads().getFirst().slots();
    float[] score = new float[slots];
    for (float[] row : layer.newest()) {
      for (int j = 0; j < slots; j++) {
        score[j] += row[j] / layer.newest().length;
      }
    }
    return layer.heads().stream().map(h -> TopSlots.plan(h, budget, 0, score, options)).toList();
  }
}
