package org.emslens.engine.nd4j;

import org.emslens.math.FastExp;

/** The element-wise parts of a decoder layer, on flat arrays. */
final class Activations {
  private Activations() {}

  /** Root-mean-square norm (arXiv 1910.07467) of x[from..from+weight.length) into out[to..). */
  static void rmsNorm(float[] x, int from, float[] weight, float epsilon, float[] out, int to) {
    int n = weight.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[from + i] * x[from + i];
    }
    float inverse = (float) (1 / Math.sqrt(sum / n + epsilon));
    for (int i = 0; i < n; i++) {
      out[to + i] = x[from + i] * inverse * weight[i];
    }
  }

  /**
   * SwiGLU (arXiv 2002.05202): gate and up lie side by side in gateUp[from..from+2n); out[to + i] =
   * silu(gate) * up.
   */
  static void swiGlu(float[] gateUp, int from, int n, float[] out, int to) {
    for (int i = 0; i < n; i++) {
      float g = gateUp[from + i];
      out[to + i] = g / (1 + exp(-g)) * gateUp[from + n + i];
    }
  }

  static void add(float[] x, int from, float[] y, int yFrom, int n) {
    for (int i = 0; i < n; i++) {
      x[from + i] += y[yFrom + i];
    }
  }

  private static float exp(float x) {
    return x <= 0 ? FastExp.exp(x) : 1 / FastExp.exp(-Math.min(x, 80));
  }
}
