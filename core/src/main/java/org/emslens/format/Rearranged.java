package org.emslens.format;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Tensors of which some are wanted in another order than they are stored in. What was rearranged is
 * kept for as long as memory allows, and made again where it is needed again.
 */
public final class Rearranged implements TensorSource {
  private final TensorSource stored;
  private final Map<String, Arrangement> arrangements = new ConcurrentHashMap<>();

  public Rearranged(TensorSource stored) {
    this.stored = stored;
  }

  /** One tensor's other order. */
  private static final class Arrangement {
    private final TensorInfo tensor;
    private final UnaryOperator<byte[]> change;
    private SoftReference<byte[]> made = new SoftReference<>(null);

    Arrangement(TensorInfo tensor, UnaryOperator<byte[]> change) {
      this.tensor = tensor;
      this.change = change;
    }

    synchronized byte[] bytes(TensorSource source) {
      byte[] bytes = made.get();
      if (bytes == null) {
        bytes = new byte[Math.toIntExact(tensor.bytes())];
        source.raw(tensor, 0, bytes);
        bytes = change.apply(bytes);
        made = new SoftReference<>(bytes);
      }
      return bytes;
    }
  }

  /** The tensor [m, n] as one of shape [n, m]. */
  public TensorInfo transposed(TensorInfo tensor) {
    int rows = Math.toIntExact(tensor.shape().getFirst());
    int columns = Math.toIntExact(tensor.shape().getLast());
    int size = (int) tensor.type().bytesOf(1);
    arrange(
        tensor,
        bytes -> {
          byte[] out = new byte[bytes.length];
          for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
              System.arraycopy(bytes, (r * columns + c) * size, out, (c * rows + r) * size, size);
            }
          }
          return out;
        });
    return new TensorInfo(tensor.name(), tensor.type(), tensor.shape().reversed(), tensor.offset());
  }

  /**
   * A tensor whose rows are stored group by group, each with one part of every kind, sorted by
   * kind: the first part of all groups, the second of all groups, and so on.
   *
   * @param groups how many there are
   * @param kinds parts of one group, of equally many rows
   */
  public TensorInfo sortedByKind(TensorInfo tensor, int groups, int kinds) {
    arrange(
        tensor,
        bytes -> {
          int part = bytes.length / groups / kinds;
          byte[] out = new byte[bytes.length];
          for (int g = 0; g < groups; g++) {
            for (int k = 0; k < kinds; k++) {
              System.arraycopy(bytes, (g * kinds + k) * part, out, (k * groups + g) * part, part);
            }
          }
          return out;
        });
    return tensor;
  }

  private void arrange(TensorInfo tensor, UnaryOperator<byte[]> change) {
    if (tensor.type().block() != 1) {
      throw new IllegalArgumentException(tensor.name() + " is stored in blocks.");
    }
    arrangements.put(tensor.name(), new Arrangement(tensor, change));
  }

  @Override
  public Path path() {
    return stored.path();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return stored.tensors();
  }

  @Override
  public void read(TensorInfo tensor, long start, float[] into) {
    if (!arrangements.containsKey(tensor.name())) {
      stored.read(tensor, start, into);
      return;
    }
    byte[] raw = new byte[Math.toIntExact(tensor.type().bytesOf(into.length))];
    raw(tensor, tensor.type().bytesOf(start), raw);
    Dequantizer.dequantize(tensor.type(), raw, into);
  }

  @Override
  public void raw(TensorInfo tensor, long start, byte[] into) {
    Arrangement a = arrangements.get(tensor.name());
    if (a == null) {
      stored.raw(tensor, start, into);
      return;
    }
    int from = Math.toIntExact(tensor.offset() - a.tensor.offset() + start);
    System.arraycopy(a.bytes(stored), from, into, 0, into.length);
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
