package org.emslens.device.cpu;

import java.util.Arrays;
import org.emslens.math.Exponential;
import org.emslens.model.Activation;

/**
 * The element-wise parts of a decoder layer, on flat arrays. Holds scratch memory: one object per
 * thread.
 */
final class Activations {
  private static final float ROOT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);

  private final Exponential exponential = new Exponential();
  private float[] gate = new float[0];
  private float[] up = new float[0];
  private float[] squares = new float[0];

  /** Root-mean-square norm of x[from..from+weight.length) into out[from..). */
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

  /** Mean and variance norm, likewise. */
  static void layerNorm(
      float[] x, int from, float[] weight, float[] bias, float epsilon, float[] out) {
    int n = weight.length;
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += x[from + j];
    }
    double mean = sum / n;
    double squares = 0;
    for (int j = 0; j < n; j++) {
      squares += (x[from + j] - mean) * (x[from + j] - mean);
    }
    double inverse = 1 / Math.sqrt(squares / n + epsilon);
    for (int j = 0; j < n; j++) {
      float shift = bias == null ? 0 : bias[j];
      out[from + j] = (float) ((x[from + j] - mean) * inverse) * weight[j] + shift;
    }
  }

  /** out[to..to+n) = activation(x[from..from+n)), times the n numbers after those where gated. */
  void apply(
      Activation activation, boolean gated, float[] x, int from, int n, float[] out, int to) {
    if (gate.length < n) {
      gate = new float[n];
      up = new float[n];
    }
    System.arraycopy(x, from, gate, 0, n);
    if (gated) {
      System.arraycopy(x, from + n, up, 0, n);
    } else {
      Arrays.fill(up, 0, n, 1);
    }
    multiply(gate, up, n);
    switch (activation) {
      case SILU -> sigmoid(1, 0, n);
      case GELU_TANH -> sigmoid(2 * ROOT_2_OVER_PI, 2 * ROOT_2_OVER_PI * 0.044715f, n);
      case GELU -> gelu(n);
      case RELU -> positive(gate, up, n);
    }
    System.arraycopy(up, 0, out, to, n);
  }

  /** up *= 1 / (1 + e^-(a gate + b gate^3)); tanh is such a one, too. */
  private void sigmoid(float a, float b, int n) {
    polynomial(gate, -a, -b, n);
    exponential.exp(gate, n);
    divide(up, gate, n);
  }

  /**
   * up *= (1 + erf(gate / sqrt(2))) / 2, erf to 1.5e-7 by formula 7.1.26 of Abramowitz and Stegun's
   * handbook.
   */
  private void gelu(int n) {
    if (squares.length < n) {
      squares = new float[n];
    }
    for (int i = 0; i < n; i++) {
      squares[i] = gate[i] * gate[i] / -2;
    }
    exponential.exp(squares, n);
    for (int i = 0; i < n; i++) {
      float x = Math.abs(gate[i]) * (float) Math.sqrt(0.5);
      float t = 1 / (1 + 0.3275911f * x);
      float tail =
          t
              * (0.254829592f
                  + t
                      * (-0.284496736f
                          + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))))
              * squares[i];
      up[i] *= gate[i] < 0 ? tail / 2 : 1 - tail / 2;
    }
  }

  private static void polynomial(float[] x, float a, float b, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * a + x[i] * x[i] * x[i] * b;
    }
  }

  private static void positive(float[] g, float[] u, int n) {
    for (int i = 0; i < n; i++) {
      u[i] = g[i] > 0 ? u[i] : 0;
    }
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
}
