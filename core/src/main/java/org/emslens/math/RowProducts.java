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

  /** Sum of x[from..to); 0 where that is empty. */
  public static float sum(float[] x, int from, int to) {
    // Sums of their own, so that one does not wait for the other.
    float[] s = new float[8];
    int j = from;
    for (; j + 8 <= to; j += 8) {
      for (int i = 0; i < 8; i++) {
        s[i] += x[j + i];
      }
    }
    float sum = 0;
    for (float part : s) {
      sum += part;
    }
    for (; j < to; j++) {
      sum += x[j];
    }
    return sum;
  }

  /** Product of x[a..a+d) and y[b..b+d). */
  public static float dot(float[] x, int a, float[] y, int b, int d) {
    // Four sums, so that one does not wait for the other.
    float s = 0;
    float t = 0;
    float u = 0;
    float v = 0;
    int i = 0;
    for (; i + 3 < d; i += 4) {
      s += x[a + i] * y[b + i];
      t += x[a + i + 1] * y[b + i + 1];
      u += x[a + i + 2] * y[b + i + 2];
      v += x[a + i + 3] * y[b + i + 3];
    }
    for (; i < d; i++) {
      s += x[a + i] * y[b + i];
    }
    return s + t + (u + v);
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
