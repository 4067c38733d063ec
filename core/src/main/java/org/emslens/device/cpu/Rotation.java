package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.emslens.model.RopeSpec;

/** Turns heads by their positions. The angles of the last positions are kept: layers share them. */
final class Rotation {
  private static final int FEW = 16;

  private final RopeSpec rope;
  private final float[] frequencies;
  private int[] positions = {};
  private float[] angles = {};

  Rotation(RopeSpec rope) {
    this.rope = rope;
    frequencies = rope.frequencies();
  }

  /** Turns the first `heads` heads of n rows of x [n, width]. */
  void rotate(float[] x, int width, int heads, int headDim, int[] at, int n) {
    if (!Arrays.equals(positions, 0, positions.length, at, 0, n)) {
      positions = Arrays.copyOf(at, n);
      angles = new float[n * 2 * frequencies.length];
      rows(n, this::angles);
    }
    rows(
        n,
        t -> {
          for (int h = 0; h < heads; h++) {
            turn(x, t * width + h * headDim, t * 2 * frequencies.length);
          }
        });
  }

  private static void rows(int n, IntConsumer row) {
    if (n < FEW) {
      for (int t = 0; t < n; t++) {
        row.accept(t);
      }
    } else {
      IntStream.range(0, n).parallel().forEach(row);
    }
  }

  /** Cosines, then sines, of one position. */
  private void angles(int t) {
    int half = frequencies.length;
    for (int i = 0; i < half; i++) {
      float angle = positions[t] * frequencies[i];
      angles[t * 2 * half + i] = (float) (rope.magnitude() * Math.cos(angle));
      angles[t * 2 * half + half + i] = (float) (rope.magnitude() * Math.sin(angle));
    }
  }

  private void turn(float[] x, int from, int at) {
    int half = frequencies.length;
    boolean halves = rope.pairs() == RopeSpec.Pairs.HALVES;
    int step = halves ? 1 : 2;
    int apart = halves ? half : 1;
    for (int i = 0; i < half; i++) {
      int first = from + i * step;
      float a = x[first];
      float b = x[first + apart];
      float cos = angles[at + i];
      float sin = angles[at + half + i];
      x[first] = a * cos - b * sin;
      x[first + apart] = b * cos + a * sin;
    }
  }
}
