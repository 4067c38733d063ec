package org.emslens.cache;

import java.util.Arrays;

/** How few tokens hold a head's attention. */
final class Sparsity {
  private Sparsity() {}

  /** How many of the heaviest of mass[0..c) it takes to hold the share `share` of their sum. */
  static int needed(float[] mass, int c, double share) {
    float[] sorted = Arrays.copyOf(mass, c);
    Arrays.sort(sorted);
    double all = 0;
    for (float m : sorted) {
      all += m;
    }
    double sum = 0;
    for (int n = 1; n <= c; n++) {
      sum += sorted[c - n];
      if (sum / all >= share - 1e-9) {
        return n;
      }
    }
    return c;
  }
}
