package org.emslens.engine.nd4j;

import org.emslens.math.Exponential;

/**
 * The element-wise parts of a decoder layer, on flat arrays. Holds scratch memory: one object per
 * thread.
 */
final class Activations {
  private final Exponential exponential = new Exponential();
  private float[] gate = new float[0];
  private float[] up = new float[0];

  /** Root-mean-square norm (arXiv 1910.07467) of x[from..from+weight.length) into out[from..). */
  static void rmsNorm(float[] x, int from, float[] weight, float epsilon, float[] out) {
    int n = weight.length;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      a += (double) x[from + i] * x[from + i];
      b += (double) x[from + i + 1] * x[from + i + 1];
      c += (double) x[from + i + 2] * x[from + i + 2];
      d += (double) x[from + i + 3] * x[from + i + 3];
    }
    for (; i < n; i++) {
      a += (double) x[from + i] * x[from + i];
    }
    float inverse = (float) (1 / Math.sqrt((a + b + c + d) / n + epsilon));
    for (int j = 0; j < n; j++) {
      out[from + j] = x[from + j] * inverse * weight[j];
    }
  }

  /**
   * SwiGLU (arXiv 2002.05202): gate and up lie side by side in gateUp[from..from+2n); out[to + i] =
   * silu(gate) * up.
   */
  void swiGlu(float[] gateUp, int from, int n, float[] out, int to) {
    if (gate.length < n) {
      gate = new float[n];
      up = new float[n];
    }
    System.arraycopy(gateUp, from, gate, 0, n);
    System.arraycopy(gateUp, from + n, up, 0, n);
    multiply(gate, up, n);
    for (int i = 0; i < n; i++) {
      gate[i] = -gate[i];
    }
    exponential.exp(gate, n);
    divide(up, gate, n);
    System.arraycopy(up, 0, out, to, n);
  }

  private static void multiply(float[] g, float[] u, int n) {
    for (int i = 0; i < n; i++) {
      u[i] *= g[i];
    }
  }

  private static void divide(float[] u, float[] e, int n) {
    for (int i = 0; i < n; i++) {
      u[i] /= 1 + e[i];
    }
  }

  static void add(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }
}
