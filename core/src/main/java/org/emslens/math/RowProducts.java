package org.emslens.math;

import java.util.Arrays;

/**
 * Dot products of one vector with many, written so that the compiler vectorises them: across the
 * many, not along the vector.
 */
public final class RowProducts {
  private RowProducts() {}

  /**
   * Transposes rows [n][d] starting at `from` into [d][n].
   *
   * @param index which rows, in order; null for rows 0..n-1
   */
  public static float[] transpose(float[] rows, int from, int[] index, int n, int d) {
    float[] out = new float[n * d];
    for (int j = 0; j < n; j++) {
      int row = from + (index == null ? j : index[j]) * d;
      for (int i = 0; i < d; i++) {
        out[i * n + j] = rows[row + i];
      }
    }
    return out;
  }

  /**
   * out[j] = sum over i of x[xFrom + i] * transposed[i][first + j], for j in 0..n-1; `stride` is
   * the length of a transposed row.
   */
  public static void products(
      float[] x, int xFrom, int d, float[] transposed, int stride, int first, float[] out, int n) {
    Arrays.fill(out, 0, n, 0);
    int i = 0;
    for (; i + 8 <= d; i += 8) {
      float x0 = x[xFrom + i];
      float x1 = x[xFrom + i + 1];
      float x2 = x[xFrom + i + 2];
      float x3 = x[xFrom + i + 3];
      float x4 = x[xFrom + i + 4];
      float x5 = x[xFrom + i + 5];
      float x6 = x[xFrom + i + 6];
      float x7 = x[xFrom + i + 7];
      int a = i * stride + first;
      int b = a + stride;
      int c = b + stride;
      int e = c + stride;
      int f = e + stride;
      int g = f + stride;
      int h = g + stride;
      int k = h + stride;
      for (int j = 0; j < n; j++) {
        out[j] +=
            x0 * transposed[a + j]
                + x1 * transposed[b + j]
                + x2 * transposed[c + j]
                + x3 * transposed[e + j]
                + (x4 * transposed[f + j]
                    + x5 * transposed[g + j]
                    + x6 * transposed[h + j]
                    + x7 * transposed[k + j]);
      }
    }
    for (; i < d; i++) {
      float xi = x[xFrom + i];
      int a = i * stride + first;
      for (int j = 0; j < n; j++) {
        out[j] += xi * transposed[a + j];
      }
    }
  }

  /** out[0..d) += weight * rows[from..from+d). */
  public static void addScaled(float[] out, float weight, float[] rows, int from, int d) {
    for (int i = 0; i < d; i++) {
      out[i] += weight * rows[from + i];
    }
  }

  /** Euclidean length of x[from..from+d). */
  public static float norm(float[] x, int from, int d) {
    double sum = 0;
    for (int i = from; i < from + d; i++) {
      sum += (double) x[i] * x[i];
    }
    return (float) Math.sqrt(sum);
  }
}
