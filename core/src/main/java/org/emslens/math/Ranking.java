package org.emslens.math;

import java.util.Arrays;

/** Orderings of scores. */
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
    int[] best = new int[k];
    if (k == 0) {
      return best;
    }
    float least = kthLargest(scores, n, k);
    int equal = k;
    for (int j = 0; j < n; j++) {
      equal -= scores[j] > least ? 1 : 0;
    }
    int found = 0;
    for (int j = 0; j < n && found < k; j++) {
      if (scores[j] > least || scores[j] == least && equal-- > 0) {
        best[found++] = j;
      }
    }
    // Among NaN, which broken weights give, nothing is the k-th largest; k there must be.
    if (found < k) {
      best = Arrays.copyOf(descending(scores, n), k);
      Arrays.sort(best);
    }
    return best;
  }

  /** The k-th largest (k from 1) of x[0..n), none of which is NaN; in time that grows like n. */
  public static float kthLargest(float[] x, int n, int k) {
    float[] some = Arrays.copyOf(x, n);
    int wanted = n - k;
    int low = 0;
    int high = n - 1;
    while (low < high) {
      float pivot = middle(some[low], some[low + high >>> 1], some[high]);
      int i = low - 1;
      int j = high + 1;
      while (true) {
        do {
          i++;
        } while (some[i] < pivot);
        do {
          j--;
        } while (some[j] > pivot);
        if (i >= j) {
          break;
        }
        float swapped = some[i];
        some[i] = some[j];
        some[j] = swapped;
      }
      // All up to j are at most the pivot, all after it at least.
      if (wanted <= j) {
        high = j;
      } else {
        low = j + 1;
      }
    }
    return some[wanted];
  }

  private static float middle(float a, float b, float c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
