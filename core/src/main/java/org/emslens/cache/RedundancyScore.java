package org.emslens.cache;

import java.util.List;
import org.emslens.math.RowProducts;

/**
 * Importance less redundancy: 0.07 times the window's attention, pooled, minus 0.93 times the
 * softmax over slots of the mean cosine of a slot's key with all others, where of each slot's
 * look-alikes (cosine above 0.5) the latest is spared. Source: R-KV, arXiv 2505.24133, and its
 * authors' code, from which the constants are.
 */
record RedundancyScore(CacheOptions options) implements Scorer {
  private static final float IMPORTANCE = 0.07f;
  private static final float ALIKE = 0.5f;
  private static final float TINY = 1e-8f;

  @Override
  public int recent(int budget) {
    return options.window();
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    return heads.stream().map(h -> Ranked.by(score(h))).toList();
  }

  private float[] score(Candidates c) {
    float[] score = new WindowScore(options).of(c);
    float[] redundancy = redundancy(c.head());
    for (int j = 0; j < score.length; j++) {
      score[j] = IMPORTANCE * score[j] - (1 - IMPORTANCE) * redundancy[j];
    }
    return score;
  }

  /** Softmax over all n slots of how much the others resemble each. */
  static float[] redundancy(HeadState head) {
    int n = head.slots();
    float[] keys = head.vectors().keys();
    int d = keys.length / n;
    for (int j = 0; j < n; j++) {
      float norm = RowProducts.norm(keys, j * d, d) + TINY;
      for (int i = j * d; i < (j + 1) * d; i++) {
        keys[i] /= norm;
      }
    }
    double[] sum = new double[n];
    for (int i = 0; i < n; i++) {
      int latest = -1;
      float spared = 0;
      for (int j = 0; j < n; j++) {
        if (j != i) {
          float cos = RowProducts.dot(keys, i * d, keys, j * d, d);
          sum[j] += cos;
          if (cos > ALIKE) {
            latest = j;
            spared = cos;
          }
        }
      }
      if (latest >= 0) {
        sum[latest] -= spared;
      }
    }
    return softmaxOfMeans(sum);
  }

  private static float[] softmaxOfMeans(double[] sum) {
    int n = sum.length;
    double most = Double.NEGATIVE_INFINITY;
    for (double s : sum) {
      most = Math.max(most, s / n);
    }
    double all = 0;
    for (int j = 0; j < n; j++) {
      sum[j] = Math.exp(sum[j] / n - most);
      all += sum[j];
    }
    float[] out = new float[n];
    for (int j = 0; j < n; j++) {
      out[j] = (float) (sum[j] / all);
    }
    return out;
  }
}
