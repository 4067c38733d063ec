package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.Ranking;

/**
 * The Global-Local score of one KV head's candidates: attention accumulated over all queries joined
 * with attention of recent ones (arXiv 2412.08521; alignment `quota`, pooling and count correction
 * are this project's choices).
 *
 * @param score what candidates are ranked by [c]
 * @param verbatim candidates that take no members where they become centres, since Local alone
 *     would choose them [c]
 */
record GlobalLocalScore(float[] score, boolean[] verbatim) {
  private static final float TINY = 1e-12f;

  /**
   * @param global attention per query that could see the slot [at least c]
   * @param local attention per query of the window [at least c]
   * @param centres places to be given, from 1 to c
   */
  static GlobalLocalScore of(
      float[] global, float[] local, int[] position, int c, int centres, CacheOptions o) {
    float[] near = near(local, position, c, o.kernel());
    if (o.align() == CacheOptions.Align.MEAN) {
      return new GlobalLocalScore(meanAligned(global, near, c, (float) o.alpha()), new boolean[c]);
    }
    int places = (int) Math.floor(o.alpha() * centres + 0.5);
    if (places == 0 || places == centres) {
      float[] only = places == 0 ? near : global;
      return new GlobalLocalScore(over(only, c, threshold(only, c, centres)), new boolean[c]);
    }
    float[] byGlobal = over(global, c, threshold(global, c, places));
    float[] byLocal = over(near, c, threshold(near, c, centres - places));
    float[] score = new float[c];
    float[] reserved =
        o.hosts() == CacheOptions.Hosts.WEAK
            ? over(near, c, threshold(near, c, (centres - places + 1) / 2))
            : byLocal;
    boolean[] verbatim = new boolean[c];
    for (int j = 0; j < c; j++) {
      score[j] = Math.max(byGlobal[j], byLocal[j]);
      verbatim[j] = reserved[j] >= 1 && byGlobal[j] < 1 && o.hosts() != CacheOptions.Hosts.ALL;
    }
    return new GlobalLocalScore(score, verbatim);
  }

  /**
   * Largest Local among the candidates whose true positions are within kernel / 2. Positions
   * ascend.
   */
  private static float[] near(float[] local, int[] position, int c, int kernel) {
    int reach = kernel / 2;
    float[] near = new float[c];
    for (int j = 0; j < c; j++) {
      float best = local[j];
      for (int i = j - 1; i >= 0 && position[j] - position[i] <= reach; i--) {
        best = Math.max(best, local[i]);
      }
      for (int i = j + 1; i < c && position[i] - position[j] <= reach; i++) {
        best = Math.max(best, local[i]);
      }
      near[j] = best;
    }
    return near;
  }

  private static float[] meanAligned(float[] global, float[] near, int c, float alpha) {
    float meanGlobal = mean(global, c);
    float meanNear = mean(near, c);
    float[] score = new float[c];
    for (int j = 0; j < c; j++) {
      score[j] = alpha * (global[j] / meanGlobal) + (1 - alpha) * (near[j] / meanNear);
    }
    return score;
  }

  private static float mean(float[] x, int c) {
    double sum = 0;
    for (int j = 0; j < c; j++) {
      sum += x[j];
    }
    return Math.max((float) (sum / c), TINY);
  }

  private static float threshold(float[] x, int c, int n) {
    return Math.max(Ranking.kthLargest(x, c, n), TINY);
  }

  private static float[] over(float[] x, int c, float divisor) {
    float[] out = Arrays.copyOf(x, c);
    for (int j = 0; j < c; j++) {
      out[j] /= divisor;
    }
    return out;
  }
}
