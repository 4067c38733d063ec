package org.emslens.device.cpu;

import java.util.stream.IntStream;
import org.emslens.model.Activation;
import org.emslens.model.NormSpec;

/** The operations between products; rows of many tokens are shared out among threads. */
final class Elementwise {
  private static final int FEW = 16;
  private static final int PARTS = 16;

  private final Activations alone = new Activations();

  /** Rows from..to-1, with memory of their thread's own. */
  @FunctionalInterface
  private interface Rows {
    void of(int from, int to, Activations activations);
  }

  private void rows(int n, Rows work) {
    if (n < FEW) {
      work.of(0, n, alone);
    } else {
      IntStream.range(0, PARTS)
          .parallel()
          .forEach(p -> work.of(p * n / PARTS, (p + 1) * n / PARTS, new Activations()));
    }
  }

  void norm(
      NormSpec.Kind kind,
      float epsilon,
      float[] weight,
      float[] bias,
      float[] x,
      float[] y,
      int n) {
    int width = weight.length;
    rows(
        n,
        (from, to, a) -> {
          for (int t = from; t < to; t++) {
            if (kind == NormSpec.Kind.RMS) {
              Activations.rmsNorm(x, t * width, weight, epsilon, y);
            } else {
              Activations.layerNorm(x, t * width, weight, bias, epsilon, y);
            }
          }
        });
  }

  /**
   * @param width of y
   */
  void activate(Activation activation, boolean gated, float[] x, float[] y, int width, int n) {
    int wide = gated ? 2 * width : width;
    rows(
        n,
        (from, to, a) -> {
          for (int t = from; t < to; t++) {
            a.apply(activation, gated, x, t * wide, width, y, t * width);
          }
        });
  }

  /** Adds b to each of n rows of y. */
  void addToRows(float[] y, float[] b, int n) {
    rows(
        n,
        (from, to, a) -> {
          for (int t = from; t < to; t++) {
            for (int i = 0; i < b.length; i++) {
              y[t * b.length + i] += b[i];
            }
          }
        });
  }

  /** Each of so many parts of n rows, from column `from` on, in place. */
  void normParts(
      float epsilon, float[] weight, float[] x, int columns, int from, int parts, int n) {
    rows(
        n,
        (first, to, a) -> {
          for (int t = first; t < to; t++) {
            for (int p = 0; p < parts; p++) {
              Activations.rmsNorm(x, t * columns + from + p * weight.length, weight, epsilon, x);
            }
          }
        });
  }

  /** x[0..n) += factor * y[0..n). */
  static void add(float[] x, float[] y, float factor, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += factor * y[i];
    }
  }
}
