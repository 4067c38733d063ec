package org.emslens.cache;

import java.util.List;
import org.emslens.math.RowProducts;

/**
 * Importance less redundancy: 0.07 times the window's attention among the candidates, pooled, minus
 * 0.93 times the softmax over slots of the mean cosine of a slot's key with all others, where of
 * each slot's look-alikes (cosine above 0.5) the latest is spared. Source: R-KV, arXiv 2505.24133,
 * and its authors' code, from which the constants are. Three things are as they are for all
 * policies here: query heads of a group are averaged (the authors take the largest logit), a
 * window's query counts by how much of its attention goes to candidates (the authors take softmax
 * over these alone), and how much a cache may grow between compressions is {@link
 * CacheOptions#slack} (the authors' buffer is 128). A slot that nothing resembles spares none; in
 * the authors' code it spares the first one, which is what an index of none comes to there.
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
    float importance = IMPORTANCE / (TINY + RowProducts.sum(c.head().local(), 0, c.count()));
    for (int j = 0; j < score.length; j++) {
      score[j] = importance * score[j] - (1 - IMPORTANCE) * redundancy[j];
    }
    return score;
  }

  /** Softmax over all n slots of how much the others resemble each. */
  static float[] redundancy(HeadState head) {
    int n = head.slots();
    float[] keys = head.vectors().keys();
    int d = keys.length / n;
    float[] all = new float[d];
    for (int j = 0; j < n; j++) {
      float norm = RowProducts.norm(keys, j * d, d) + TINY;
      for (int i = 0; i < d; i++) {
        keys[j * d + i] /= norm;
        all[i] += keys[j * d + i];
      }
    }
    double[] sum = new double[n];
    for (int j = 0; j < n; j++) {
      // All cosines of a slot at once, less that with itself.
      sum[j] +=
          RowProducts.dot(keys, j * d, all, 0, d) - RowProducts.dot(keys, j * d, keys, j * d, d);
      int latest = latestAlike(keys, d, j);
      if (latest >= 0) {
        sum[latest] -= RowProducts.dot(keys, j * d, keys, latest * d, d);
      }
    }
    return softmaxOfMeans(sum);
  }

  /** The last other slot whose key resembles one's; -1 where none does. */
  private static int latestAlike(float[] keys, int d, int slot) {
    for (int j = keys.length / d - 1; j >= 0; j--) {
      if (j != slot && RowProducts.dot(keys, slot * d, keys, j * d, d) > ALIKE) {
        return j;
      }
    }
    return -1;
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
