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
  private final int first;
  private final int kept;

  private Queries(List<AttentionSpec.Shape> shapes, int first, int kept) {
    this.shapes = shapes;
    this.first = first;
    this.kept = kept;
  }

  /**
   * Room for the queries of tokens from `first` to n - 1; in a file where those of all n would not
   * be in memory either, since a long prompt may be followed by many parts of it.
   */
  static Queries of(List<AttentionSpec.Shape> shapes, int first, int n) {
    boolean few = numbers(shapes, n) * Float.BYTES <= IN_MEMORY;
    return few ? new InMemory(shapes, first, n - first) : inFile(shapes, first, n);
  }

  /** The same in a file, however many they are. */
  static Queries inFile(List<AttentionSpec.Shape> shapes, int first, int n) {
    return new InFile(shapes, first, n - first, numbers(shapes, n - first));
  }

  private static long numbers(List<AttentionSpec.Shape> shapes, int tokens) {
    return shapes.stream().mapToLong(s -> (long) s.queryWidth() * tokens).sum();
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

  /** All of a layer's [H, N, d]; those that are not kept are zeros. */
  float[] layer(int layer) {
    AttentionSpec.Shape s = shapes.get(layer);
    int n = first + kept;
    float[] all = new float[Math.multiplyExact(s.queryWidth(), n)];
    for (int h = 0; h < s.heads(); h++) {
      get(layer, h, first, kept, all, (h * n + first) * s.headDim());
    }
    return all;
  }

  private static final class None extends Queries {
    None() {
      super(List.of(), 0, 0);
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
    /** Per layer and head [kept, d]. */
    private final float[][][] heads;

    InMemory(List<AttentionSpec.Shape> shapes, int first, int kept) {
      super(shapes, first, kept);
      heads =
          shapes.stream()
              .map(s -> new float[s.heads()][Math.multiplyExact(kept, s.headDim())])
              .toArray(float[][][]::new);
    }

    @Override
    void put(int layer, int head, int first, int rows, float[] from, int at, int stride) {
      int d = super.shapes.get(layer).headDim();
      int row = first - super.first;
      for (int r = 0; r < rows; r++) {
        System.arraycopy(from, at + r * stride, heads[layer][head], (row + r) * d, d);
      }
    }

    @Override
    void get(int layer, int head, int first, int rows, float[] into, int at) {
      int d = super.shapes.get(layer).headDim();
      System.arraycopy(heads[layer][head], (first - super.first) * d, into, at, rows * d);
    }
  }

  private static final class InFile extends Queries {
    private final SpillFile halves;
    private final long numbers;
    private final long[] layerFrom;

    InFile(List<AttentionSpec.Shape> shapes, int first, int kept, long numbers) {
      super(shapes, first, kept);
      layerFrom = new long[shapes.size()];
      for (int l = 1; l < layerFrom.length; l++) {
        layerFrom[l] = layerFrom[l - 1] + (long) shapes.get(l - 1).queryWidth() * kept;
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
      return layerFrom[layer] + ((long) head * super.kept + token - super.first) * d;
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
