package org.emslens.math;

import java.util.Arrays;

/**
 * Dot products of one vector with many, written so that the compiler vectorises them: across the
 * many, not along the vector, and with the same index into every array, since it cannot rule out
 * that arrays at different offsets overlap.
 */
public final class RowProducts {
  private RowProducts() {}

  /**
   * Two vectors at once, which reads the many half as often: out[j] and also[j] = the products of
   * x[from..] and x[alsoFrom..] with column j.
   */
  public static void products(
      float[] x, int from, int alsoFrom, float[][] transposed, float[] out, float[] also, int n) {
    Arrays.fill(out, 0, n, 0);
    Arrays.fill(also, 0, n, 0);
    int i = 0;
    for (; i + 8 <= transposed.length; i += 8) {
      addEight(out, also, x, from + i, alsoFrom + i, transposed, i, n);
    }
    for (; i < transposed.length; i++) {
      add(out, x[from + i], transposed[i], n);
      add(also, x[alsoFrom + i], transposed[i], n);
    }
  }

  private static void addEight(
      float[] out, float[] also, float[] x, int at, int alsoAt, float[][] rows, int row, int n) {
    float a = x[at];
    float b = x[at + 1];
    float c = x[at + 2];
    float d = x[at + 3];
    float e = x[at + 4];
    float f = x[at + 5];
    float g = x[at + 6];
    float h = x[at + 7];
    float a2 = x[alsoAt];
    float b2 = x[alsoAt + 1];
    float c2 = x[alsoAt + 2];
    float d2 = x[alsoAt + 3];
    float e2 = x[alsoAt + 4];
    float f2 = x[alsoAt + 5];
    float g2 = x[alsoAt + 6];
    float h2 = x[alsoAt + 7];
    float[] p = rows[row];
    float[] q = rows[row + 1];
    float[] r = rows[row + 2];
    float[] s = rows[row + 3];
    float[] t = rows[row + 4];
    float[] u = rows[row + 5];
    float[] v = rows[row + 6];
    float[] w = rows[row + 7];
    for (int j = 0; j < n; j++) {
      float pj = p[j];
      float qj = q[j];
      float rj = r[j];
      float sj = s[j];
      float tj = t[j];
      float uj = u[j];
      float vj = v[j];
      float wj = w[j];
      float low = Math.fma(d, sj, Math.fma(c, rj, Math.fma(b, qj, Math.fma(a, pj, out[j]))));
      float low2 = Math.fma(d2, sj, Math.fma(c2, rj, Math.fma(b2, qj, Math.fma(a2, pj, also[j]))));
      out[j] = Math.fma(h, wj, Math.fma(g, vj, Math.fma(f, uj, Math.fma(e, tj, low))));
      also[j] = Math.fma(h2, wj, Math.fma(g2, vj, Math.fma(f2, uj, Math.fma(e2, tj, low2))));
    }
  }

  private static void add(float[] out, float a, float[] p, int n) {
    for (int j = 0; j < n; j++) {
      out[j] += a * p[j];
    }
  }

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
