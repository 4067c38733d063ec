package org.emslens.device.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.emslens.format.SpillFile;
import org.emslens.model.AttentionSpec;

/**
 * A prompt's queries, kept only to draw maps from and to score by: in memory where they are few, in
 * half precision in a temporary file where they would fill it. The file is read and written rather
 * than mapped: what is mapped counts as the program's memory, and a full disk would end it. Of
 * tokens that are never asked about they are not kept at all.
 */
abstract sealed class Queries {
  /** Bytes that queries may take of the heap: those of some 1,900 tokens of a small model. */
  private static final long IN_MEMORY = 128L << 20;

  private final List<AttentionSpec.Shape> shapes;
  private final int n;

  private Queries(List<AttentionSpec.Shape> shapes, int n) {
    this.shapes = shapes;
    this.n = n;
  }

  /** Room for the queries of n tokens. */
  static Queries of(List<AttentionSpec.Shape> shapes, int n) {
    long numbers = shapes.stream().mapToLong(s -> (long) s.queryWidth() * n).sum();
    boolean few = numbers * Float.BYTES <= IN_MEMORY;
    return few ? new InMemory(shapes, n) : inFile(shapes, n);
  }

  /** The same in a file, however many they are. */
  static Queries inFile(List<AttentionSpec.Shape> shapes, int n) {
    return new InFile(shapes, n, shapes.stream().mapToLong(s -> (long) s.queryWidth() * n).sum());
  }

  /** Keeps none. */
  static Queries none() {
    return new None();
  }

  /**
   * Sets a head's queries of tokens first..first + rows: row r is from[at + r stride .. + d). Safe
   * for several threads.
   *
   * @throws UncheckedIOException in one sentence, where there is no room for them
   */
  abstract void put(int layer, int head, int first, int rows, float[] from, int at, int stride);

  /** Reads a head's queries of tokens first..first + rows into[at..at + rows d), likewise. */
  abstract void get(int layer, int head, int first, int rows, float[] into, int at);

  /** All of a layer's [H, N, d]. */
  float[] layer(int layer) {
    AttentionSpec.Shape s = shapes.get(layer);
    float[] all = new float[Math.multiplyExact(s.queryWidth(), n)];
    for (int h = 0; h < s.heads(); h++) {
      get(layer, h, 0, n, all, h * n * s.headDim());
    }
    return all;
  }

  private static final class None extends Queries {
    None() {
      super(List.of(), 0);
    }

    @Override
    void put(int layer, int head, int first, int rows, float[] from, int at, int stride) {
      // Nobody will ask.
    }

    @Override
    void get(int layer, int head, int first, int rows, float[] into, int at) {
      throw new IllegalStateException("queries were not kept");
    }
  }

  private static final class InMemory extends Queries {
    /** Per layer and head [N, d]. */
    private final float[][][] heads;

    InMemory(List<AttentionSpec.Shape> shapes, int n) {
      super(shapes, n);
      heads =
          shapes.stream()
              .map(s -> new float[s.heads()][Math.multiplyExact(n, s.headDim())])
              .toArray(float[][][]::new);
    }

    @Override
    void put(int layer, int head, int first, int rows, float[] from, int at, int stride) {
      int d = super.shapes.get(layer).headDim();
      for (int r = 0; r < rows; r++) {
        System.arraycopy(from, at + r * stride, heads[layer][head], (first + r) * d, d);
      }
    }

    @Override
    void get(int layer, int head, int first, int rows, float[] into, int at) {
      int d = super.shapes.get(layer).headDim();
      System.arraycopy(heads[layer][head], first * d, into, at, rows * d);
    }
  }

  private static final class InFile extends Queries {
    private final SpillFile halves;
    private final long numbers;
    private final long[] layerFrom;

    InFile(List<AttentionSpec.Shape> shapes, int n, long numbers) {
      super(shapes, n);
      layerFrom = new long[shapes.size()];
      for (int l = 1; l < layerFrom.length; l++) {
        layerFrom[l] = layerFrom[l - 1] + (long) shapes.get(l - 1).queryWidth() * n;
      }
      this.numbers = numbers;
      try {
        halves = new SpillFile(".queries");
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private UncheckedIOException failed(IOException e) {
      return new UncheckedIOException(
          new IOException(
              "The queries of this long prompt take "
                  + (numbers * Short.BYTES >> 20)
                  + " MB in the temporary folder, which failed: "
                  + e.getMessage(),
              e));
    }

    private long at(int layer, int head, int token) {
      long d = super.shapes.get(layer).headDim();
      return layerFrom[layer] + ((long) head * super.n + token) * d;
    }

    @Override
    void put(int layer, int head, int first, int rows, float[] from, int at, int stride) {
      int d = super.shapes.get(layer).headDim();
      short[] block = new short[rows * d];
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < d; i++) {
          block[r * d + i] = Float.floatToFloat16(from[at + r * stride + i]);
        }
      }
      try {
        halves.write(at(layer, head, first), block);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    @Override
    void get(int layer, int head, int first, int rows, float[] into, int at) {
      try {
        int n = rows * super.shapes.get(layer).headDim();
        short[] block = halves.read(at(layer, head, first), n);
        for (int i = 0; i < n; i++) {
          into[at + i] = Float.float16ToFloat(block[i]);
        }
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }
}
