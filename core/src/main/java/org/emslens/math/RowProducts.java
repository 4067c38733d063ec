package org.emslens.math;

/**
 * Rows of numbers added and compared, written so that the compiler vectorises them: with the same
 * index into every array, since it cannot rule out that arrays at different offsets overlap.
 */
public final class RowProducts {
  private RowProducts() {}

  /** sum[j] += weight * x[j], for j in 0..n-1. */
  public static void addScaled(float[] sum, float[] x, float weight, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += x[j] * weight;
    }
  }

  /** largest[j] = the larger of it and x[j], for j in 0..n-1. */
  public static void maximum(float[] largest, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      largest[j] = Math.max(largest[j], x[j]);
    }
  }

  /** Euclidean length of x[from..from+d). */
  public static float norm(float[] x, int from, int d) {
    double a = 0;
    double b = 0;
    for (int i = from; i + 1 < from + d; i += 2) {
      a += (double) x[i] * x[i];
      b += (double) x[i + 1] * x[i + 1];
    }
    if (d % 2 == 1) {
      a += (double) x[from + d - 1] * x[from + d - 1];
    }
    return (float) Math.sqrt(a + b);
  }
}
