package org.emslens.math;

import java.util.Arrays;

/** Orderings of non-negative scores. */
public final class Ranking {
  private Ranking() {}

  /** Index of the largest, the first of equals. */
  public static int argMax(float[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] ? i : best;
    }
    return best;
  }

  /** Indices by falling score, ties to the earlier one. Scores are finite and not negative. */
  public static int[] descending(float[] scores, int n) {
    long[] keys = new long[n];
    for (int j = 0; j < n; j++) {
      // Bits of non-negative floats rise with their value; + 0 turns -0 into 0.
      long bits = Float.floatToRawIntBits(scores[j] + 0f);
      keys[j] = (Integer.MAX_VALUE - bits) << 32 | j;
    }
    Arrays.sort(keys);
    int[] order = new int[n];
    for (int j = 0; j < n; j++) {
      order[j] = (int) keys[j];
    }
    return order;
  }

  /** The k best by score, ties to the earlier, in ascending order of index. */
  public static int[] best(float[] scores, int n, int k) {
    int[] best = Arrays.copyOf(descending(scores, n), k);
    Arrays.sort(best);
    return best;
  }

  /** The k-th largest (k from 1) of x[0..n). */
  public static float kthLargest(float[] x, int n, int k) {
    float[] sorted = Arrays.copyOf(x, n);
    Arrays.sort(sorted);
    return sorted[n - k];
  }
}
