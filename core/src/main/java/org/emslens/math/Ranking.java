package org.emslens.math;

import java.util.Arrays;

/** Orderings of scores. */
public final class Ranking {
  private static final int DIGIT = 11;
  private static final int MASK = (1 << DIGIT) - 1;

  private Ranking() {}

  /** Index of the largest, the first of equals. */
  public static int argMax(float[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] ? i : best;
    }
    return best;
  }

  /** Indices by falling score, ties to the earlier one. */
  public static int[] descending(float[] scores, int n) {
    long[] keys = new long[n];
    for (int j = 0; j < n; j++) {
      long falling = ~ordered(scores[j]) ^ Integer.MIN_VALUE;
      keys[j] = falling << 32 | j;
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

  /**
   * The k-th largest (k from 1) of x[0..n), none of which is NaN; in time that grows like n, and
   * without a branch that depends on the numbers: by counting digits, highest first.
   */
  public static float kthLargest(float[] x, int n, int k) {
    int[] some = new int[n];
    for (int j = 0; j < n; j++) {
      some[j] = ordered(x[j]);
    }
    int rank = k;
    int many = n;
    int[] counts = new int[1 << DIGIT];
    for (int shift = Integer.SIZE - DIGIT; ; shift = Math.max(0, shift - DIGIT)) {
      if (shift < Integer.SIZE - DIGIT) {
        Arrays.fill(counts, 0);
      }
      for (int j = 0; j < many; j++) {
        counts[some[j] >>> shift & MASK]++;
      }
      int digit = MASK;
      while (rank > counts[digit]) {
        rank -= counts[digit--];
      }
      int left = 0;
      for (int j = 0; j < many; j++) {
        some[left] = some[j];
        left += (some[j] >>> shift & MASK) == digit ? 1 : 0;
      }
      many = left;
      if (shift == 0 || many == 1) {
        return unordered(some[0]);
      }
    }
  }

  /** Bits that rise with the number, read without a sign; 0 and -0 are one. */
  private static int ordered(float x) {
    int bits = Float.floatToRawIntBits(x + 0f);
    return bits ^ (bits >> 31 | Integer.MIN_VALUE);
  }

  private static float unordered(int bits) {
    return Float.intBitsToFloat(bits ^ (~bits >> 31 | Integer.MIN_VALUE));
  }
}
