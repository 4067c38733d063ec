package org.emslens.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.emslens.device.RandomWeights;
import org.emslens.format.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stored type as it is packed, by both kinds of loops, against the dequantised weights. */
class PackedMatrixTest {
  private static final int IN = 256;
  private static final int ROWS = 75;

  static Stream<Arguments> typesAndKernels() {
    assertTrue(VectorModule.isThere());
    return Stream.of(DType.values())
        .flatMap(
            t -> Stream.of(new LoopKernels(), new VectorKernels()).map(k -> Arguments.of(t, k)));
  }

  @ParameterizedTest
  @MethodSource("typesAndKernels")
  void unpacksBitForBit(DType type, Kernels kernels) throws IOException {
    RandomWeights stored = RandomWeights.of(type);
    try (PackedMatrix m = new PackedMatrix(kernels, stored, stored.parts().getFirst());
        Arena arena = Arena.ofConfined()) {
      int width = m.tiles() * m.tileRows();
      MemorySegment into = arena.allocate(4L * width * IN, 64);
      PackedMatrix.Scratch scratch = new PackedMatrix.Scratch(m.tileRows());
      for (int t = 0; t < m.tiles(); t++) {
        m.unpack(0, t, width, into, scratch);
      }
      for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < IN; i++) {
          float found = into.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width + r);
          // A zero may come out with the other sign, which no product notices.
          assertEquals(stored.values()[r * IN + i] + 0f, found + 0f, type + " " + r + ", " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("typesAndKernels")
  void multipliesLikeTheDequantisedWeights(DType type, Kernels kernels) throws IOException {
    for (int n : new int[] {2, Kernels.ALONE, Kernels.ALONE + 1}) {
      multiplies(type, kernels, n);
    }
  }

  private static void multiplies(DType type, Kernels kernels, int n) throws IOException {
    RandomWeights stored = RandomWeights.of(type);
    float[] x = new float[n * IN];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    Inputs inputs = Inputs.of(x, x.length);
    float[] y = new float[n * ROWS];
    float[] alone = new float[ROWS];
    try (PackedMatrix m = new PackedMatrix(kernels, stored, stored.parts().getFirst())) {
      PackedMatrix.Scratch scratch = new PackedMatrix.Scratch(m.tileRows());
      for (int t = 0; t < m.tiles(); t++) {
        m.multiply(t, inputs, n, y, ROWS, 0, scratch);
        m.multiply(t, inputs, 1, alone, ROWS, 0, scratch);
      }
    }
    for (int r = 0; r < ROWS; r++) {
      assertEquals(y[r] + 0f, alone[r] + 0f, type + ": one activation as one of " + n);
    }
    float most = 0;
    double[] expected = new double[y.length];
    for (int t = 0; t < n; t++) {
      for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < IN; i++) {
          expected[t * ROWS + r] += (double) stored.values()[r * IN + i] * x[t * IN + i];
        }
        most = Math.max(most, (float) Math.abs(expected[t * ROWS + r]));
      }
    }
    for (int i = 0; i < y.length; i++) {
      assertEquals(expected[i], y[i], 1e-5 * most, type + " at " + i + " of " + Arrays.toString(y));
    }
  }
}
