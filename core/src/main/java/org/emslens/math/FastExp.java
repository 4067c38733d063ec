package org.emslens.math;

/** The exponential of non-positive numbers, fast enough for a softmax over millions of scores. */
public final class FastExp {
  private static final float LOG2_E = 1.44269504f;

  private FastExp() {}

  /**
   * e to the x for x up to 0, within 2e-7 of the true value relatively; 0 below about -87.
   *
   * <p>2 to the fraction by its Taylor polynomial on [-1/2, 1/2], 2 to the whole part by the
   * exponent's bits.
   */
  public static float exp(float x) {
    float t = Math.max(x * LOG2_E, -126.99f);
    int whole = (int) (t - 0.5f);
    float f = t - whole;
    float p = 1.5403530e-4f;
    p = p * f + 1.3333558e-3f;
    p = p * f + 9.6181291e-3f;
    p = p * f + 5.5504109e-2f;
    p = p * f + 2.4022651e-1f;
    p = p * f + 6.9314718e-1f;
    p = p * f + 1f;
    return p * Float.intBitsToFloat(whole + 127 << 23);
  }

  /**
   * Softmax of scale * row[0..n) + bias, in place.
   *
   * @param bias added to the scores, or null
   * @return the logarithm of the normaliser: probability = exp(scale * score + bias - result)
   */
  public static float softmax(float[] row, int from, int n, float scale, float[] bias) {
    float max = Float.NEGATIVE_INFINITY;
    if (bias == null) {
      for (int j = from; j < from + n; j++) {
        row[j] *= scale;
        max = Math.max(max, row[j]);
      }
    } else {
      for (int j = 0; j < n; j++) {
        row[from + j] = row[from + j] * scale + bias[j];
        max = Math.max(max, row[from + j]);
      }
    }
    float sum = 0;
    for (int j = from; j < from + n; j++) {
      row[j] = exp(row[j] - max);
      sum += row[j];
    }
    float inverse = 1 / sum;
    for (int j = from; j < from + n; j++) {
      row[j] *= inverse;
    }
    return max + (float) Math.log(sum);
  }
}
