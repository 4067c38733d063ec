package org.emslens.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with keys and values of heads that fill vectors and that do not, by both kinds. */
class KernelsTest {
  private static final int SLOTS = 2 * Slots.PAGE + 21;

  private final Random random = new Random(1);

  static Stream<Arguments> kernelsAndDimensions() {
    return Stream.of(new LoopKernels(), new VectorKernels())
        .flatMap(k -> IntStream.of(1, 7, 16, 38, 64, 65).mapToObj(d -> Arguments.of(k, d)));
  }

  private float[] numbers(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static double dot(float[] a, int from, float[] b, int at, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) a[from + i] * b[at + i];
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("kernelsAndDimensions")
  void multipliesQueriesWithKeys(Kernels kernels, int d) {
    float[] keys = numbers(SLOTS * d);
    Slots slots = Slots.of(d, keys, numbers(SLOTS * d));
    int rows = 2 * Kernels.ROWS;
    int stride = 3 * Slots.PAGE;
    float[] queries = numbers(rows * d);
    float[] out = new float[rows * stride];
    kernels.scores(queries, rows, slots, SLOTS, out, stride);
    float[] one = new float[SLOTS];
    for (int r = 0; r < rows; r++) {
      kernels.scores(queries, r * d, slots, 0, Slots.PAGE, one);
      kernels.scores(queries, r * d, slots, Slots.PAGE, SLOTS - Slots.PAGE, one);
      for (int j = 0; j < SLOTS; j++) {
        double expected = dot(queries, r * d, keys, j * d, d);
        assertEquals(expected, out[r * stride + j], 1e-4, "query " + r + ", key " + j);
        assertEquals(expected, one[j], 1e-4, "query " + r + " alone, key " + j);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernelsAndDimensions")
  void mixesValues(Kernels kernels, int d) {
    float[] values = numbers(SLOTS * d);
    Slots slots = Slots.of(d, numbers(SLOTS * d), values);
    int rows = Kernels.ROWS;
    int stride = 3 * Slots.PAGE;
    float[] weights = numbers(rows * stride);
    float[] out = new float[rows * d];
    kernels.mix(weights, rows, stride, slots, SLOTS, out);
    for (int r = 0; r < rows; r++) {
      float[] row = new float[SLOTS];
      System.arraycopy(weights, r * stride, row, 0, SLOTS);
      float[] one = new float[d];
      kernels.mix(row, slots, 0, Slots.PAGE, one, 0);
      kernels.mix(row, slots, Slots.PAGE, SLOTS - Slots.PAGE, one, 0);
      for (int i = 0; i < d; i++) {
        double expected = 0;
        for (int j = 0; j < SLOTS; j++) {
          expected += (double) row[j] * values[j * d + i];
        }
        assertEquals(expected, out[r * d + i], 1e-4, "row " + r + ", component " + i);
        assertEquals(expected, one[i], 1e-4, "row " + r + " alone, component " + i);
      }
    }
  }
}
