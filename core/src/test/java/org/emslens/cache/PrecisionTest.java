package org.emslens.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of numbers that are kept in few bits, and what they take. */
class PrecisionTest {

  /** Worked out by hand: levels 0, 1, 2, 3 of what lies between -1 and 2. */
  @Test
  void fourLevels() {
    float[] x = {9, -1, 9, 2, 9, 0.4f, 9, 0.6f, 9, 1.2f};
    Precision.INT2.round(x, 1, 2, 5);
    assertArrayEquals(new float[] {9, -1, 9, 2, 9, 0, 9, 1, 9, 1}, x);
  }

  @ParameterizedTest
  @EnumSource(names = "FLOAT32", mode = EnumSource.Mode.EXCLUDE)
  void nothingIsFurtherOffThanHalfALevel(Precision p) {
    Random r = new Random(1);
    float[] x = new float[64];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) r.nextGaussian();
    }
    float[] rounded = x.clone();
    p.round(rounded, 0, 1, x.length);
    float least = (float) Arrays.stream(doubles(x)).min().orElseThrow();
    float step = (float) (Arrays.stream(doubles(x)).max().orElseThrow() - least) / p.steps();
    for (int i = 0; i < x.length; i++) {
      assertEquals(x[i], rounded[i], step * 0.5001f);
      float level = (rounded[i] - least) / step;
      assertEquals(Math.rint(level), level, 1e-3);
    }
    float[] again = rounded.clone();
    p.round(again, 0, 1, x.length);
    assertArrayEquals(rounded, again, 1e-6f);
  }

  private static double[] doubles(float[] x) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i];
    }
    return out;
  }

  @Test
  void equalNumbersStay() {
    float[] x = {0.1f, 0.1f, 0.1f};
    Precision.INT4.round(x, 0, 1, 3);
    assertArrayEquals(new float[] {0.1f, 0.1f, 0.1f}, x);
  }

  @Test
  void bytesAreCounted() {
    assertEquals(100 * 2 * 80 * 4, Precision.FLOAT32.bytes(100, 0, 80));
    // 70 slots: two groups of keys in each of 80 channels, two groups of values in each slot.
    long levels = 70 * 2 * 80 / 2;
    assertEquals(
        levels + 8 * (2 * 80 + 70 * 2) + 30 * 2 * 80 * 4, Precision.INT4.bytes(100, 70, 80));
    assertTrue(Precision.INT2.bytes(100, 100, 64) < Precision.INT4.bytes(100, 100, 64));
  }

  @Test
  void wholeGroupsOfWhatHasLeftTheWindow() {
    assertEquals(84, Precision.settled(84, 100, 16));
    assertEquals(84, Precision.settled(84, 163, 16));
    assertEquals(148, Precision.settled(84, 164, 16));
    assertEquals(0, Precision.settled(0, 10, 16));
  }
}
