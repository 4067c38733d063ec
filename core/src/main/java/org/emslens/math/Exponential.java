package org.emslens.math;

import java.lang.foreign.MemorySegment;

/**
 * Exponentials and softmax of whole arrays, written so that the compiler vectorises every loop.
 * Holds scratch memory: one object per thread.
 *
 * <p>exp(x) = 2^k exp(f) with whole k and |f| up to ln 2 / 2: a polynomial for exp(f), the bits of
 * the exponent for 2^k. Those bits are made as ints in one loop and copied as bytes into floats,
 * since a reinterpreting cast within a loop would keep it scalar (eight times slower).
 */
public final class Exponential {
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and taking away 1.5 x 2^23 rounds a small float to a whole number. */
  private static final float ROUND = 12582912f;

  private int[] bits = new int[0];
  private float[] powers = new float[0];
  private MemorySegment from;
  private MemorySegment to;

  /**
   * x[j] = e to the x[j] for j below n, within 2e-7 relatively for x from -87 to 87, and clamped to
   * that range.
   */
  public void exp(float[] x, int n) {
    if (bits.length < n) {
      bits = new int[n + 256];
      powers = new float[n + 256];
      from = MemorySegment.ofArray(bits);
      to = MemorySegment.ofArray(powers);
    }
    polynomial(x, bits, n);
    MemorySegment.copy(from, 0, to, 0, (long) Float.BYTES * n);
    multiply(x, powers, n);
  }

  private static void polynomial(float[] x, int[] bits, int n) {
    for (int j = 0; j < n; j++) {
      float v = Math.min(Math.max(x[j], -87f), 87f);
      float k = v * LOG2_E + ROUND - ROUND;
      float f = v - k * LN2_HIGH - k * LN2_LOW;
      float p = 1.9875691500e-4f;
      p = p * f + 1.3981999507e-3f;
      p = p * f + 8.3334519073e-3f;
      p = p * f + 4.1665795894e-2f;
      p = p * f + 1.6666665459e-1f;
      p = p * f + 5.0000001201e-1f;
      p = p * (f * f) + f + 1f;
      bits[j] = (int) k + 127 << 23;
      x[j] = p;
    }
  }

  private static void multiply(float[] x, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      x[j] *= y[j];
    }
  }

  /**
   * Softmax of scale * row + bias over the first n entries, in place.
   *
   * @param scale positive
   * @param bias added to the scaled scores, or null
   * @return the logarithm of the normaliser: probability = exp(scale * score + bias - result)
   */
  public float softmax(float[] row, int n, float scale, float[] bias) {
    if (bias == null) {
      float max = max(row, 0, n) * scale;
      return normalise(row, n, scale, max);
    }
    for (int j = 0; j < n; j++) {
      row[j] = row[j] * scale + bias[j];
    }
    return normalise(row, n, 1, max(row, 0, n));
  }

  /** Softmax of scale * row, whose largest entry is `max`. */
  private float normalise(float[] row, int n, float scale, float max) {
    for (int j = 0; j < n; j++) {
      row[j] = row[j] * scale - max;
    }
    exp(row, n);
    float sum = sum(row, n);
    float inverse = 1 / sum;
    for (int j = 0; j < n; j++) {
      row[j] *= inverse;
    }
    return max + (float) Math.log(sum);
  }

  /** Probabilities exp(scale * score - normaliser), in place, where the normaliser is known. */
  public void probabilities(float[] row, int n, float scale, float normaliser) {
    for (int j = 0; j < n; j++) {
      row[j] = Math.min(row[j] * scale - normaliser, 0f);
    }
    exp(row, n);
  }

  /**
   * Largest of x[from..to), negative infinity where empty; four chains, since one alone waits for
   * itself.
   */
  public static float max(float[] x, int from, int to) {
    float a = Float.NEGATIVE_INFINITY;
    float b = a;
    float c = a;
    float d = a;
    int j = from;
    for (; j + 4 <= to; j += 4) {
      a = x[j] > a ? x[j] : a;
      b = x[j + 1] > b ? x[j + 1] : b;
      c = x[j + 2] > c ? x[j + 2] : c;
      d = x[j + 3] > d ? x[j + 3] : d;
    }
    for (; j < to; j++) {
      a = x[j] > a ? x[j] : a;
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  private static float sum(float[] x, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int j = 0;
    for (; j + 8 <= n; j += 8) {
      a += x[j];
      b += x[j + 1];
      c += x[j + 2];
      d += x[j + 3];
      e += x[j + 4];
      f += x[j + 5];
      g += x[j + 6];
      h += x[j + 7];
    }
    for (; j < n; j++) {
      a += x[j];
    }
    return a + b + (c + d) + (e + f + (g + h));
  }
}
