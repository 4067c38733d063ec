package org.emslens.device.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.emslens.model.AttentionSpec;

/**
 * A prompt's queries, kept only to draw maps from and to score by: in memory where they are few, in
 * half precision in a temporary file that is mapped where they would fill it.
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

  /** Sets the query of a head and token to from[at..at+d). Safe for several threads. */
  abstract void put(int layer, int head, int token, float[] from, int at);

  /** Reads it into[0..d), likewise. */
  abstract void get(int layer, int head, int token, float[] into, int at);

  /** All of a layer's [H, N, d]. */
  float[] layer(int layer) {
    AttentionSpec.Shape s = shapes.get(layer);
    int d = s.headDim();
    float[] all = new float[Math.multiplyExact(s.queryWidth(), n)];
    for (int h = 0; h < s.heads(); h++) {
      for (int i = 0; i < n; i++) {
        get(layer, h, i, all, (h * n + i) * d);
      }
    }
    return all;
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
    void put(int layer, int head, int token, float[] from, int at) {
      int d = super.shapes.get(layer).headDim();
      System.arraycopy(from, at, heads[layer][head], token * d, d);
    }

    @Override
    void get(int layer, int head, int token, float[] into, int at) {
      int d = super.shapes.get(layer).headDim();
      System.arraycopy(heads[layer][head], token * d, into, at, d);
    }
  }

  private static final class InFile extends Queries {
    private final MemorySegment halves;
    private final long[] layerFrom;

    InFile(List<AttentionSpec.Shape> shapes, int n, long numbers) {
      super(shapes, n);
      layerFrom = new long[shapes.size()];
      for (int l = 1; l < layerFrom.length; l++) {
        layerFrom[l] = layerFrom[l - 1] + (long) shapes.get(l - 1).queryWidth() * n;
      }
      halves = map(numbers * Short.BYTES);
    }

    /** The file is gone from its folder at once where the system lets it, else with the program. */
    private static MemorySegment map(long bytes) {
      try {
        Path file = Files.createTempFile("emslens", ".queries");
        file.toFile().deleteOnExit();
        try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          MemorySegment map = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
          if (System.getProperty("file.separator").equals("/")) {
            Files.delete(file);
          }
          return map;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            new IOException(
                "The queries of this long prompt take "
                    + (bytes >> 20)
                    + " MB in the temporary folder, which failed: "
                    + e.getMessage(),
                e));
      }
    }

    private long at(int layer, int head, int token) {
      long d = super.shapes.get(layer).headDim();
      return Short.BYTES * (layerFrom[layer] + ((long) head * super.n + token) * d);
    }

    @Override
    void put(int layer, int head, int token, float[] from, int at) {
      long to = at(layer, head, token);
      for (int i = 0; i < super.shapes.get(layer).headDim(); i++) {
        short half = Float.floatToFloat16(from[at + i]);
        halves.set(ValueLayout.JAVA_SHORT_UNALIGNED, to + 2L * i, half);
      }
    }

    @Override
    void get(int layer, int head, int token, float[] into, int at) {
      long from = at(layer, head, token);
      for (int i = 0; i < super.shapes.get(layer).headDim(); i++) {
        short half = halves.get(ValueLayout.JAVA_SHORT_UNALIGNED, from + 2L * i);
        into[at + i] = Float.float16ToFloat(half);
      }
    }
  }
}
