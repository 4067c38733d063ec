package org.emslens.model;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.emslens.format.AffineBlocks;
import org.emslens.format.BadFileException;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/**
 * Weights found in a container under the names of a scheme; every shape is checked when this is
 * made.
 */
final class TensorWeights implements Weights {
  private final TensorSource source;
  private final ModelConfig config;
  private final Map<Weight, String> names;
  private final boolean interleaved;

  /**
   * @param names tensor name of each weight, `%d` standing for the layer
   * @param interleaved whether query and key rows are in llama.cpp's order, where RoPE rotates
   *     neighbours; they are put back in halves
   */
  TensorWeights(
      TensorSource source, ModelConfig config, Map<Weight, String> names, boolean interleaved)
      throws IOException {
    this.source = source;
    this.config = config;
    this.names = new EnumMap<>(names);
    this.interleaved = interleaved;
    if (config.tied()) {
      this.names.put(Weight.OUTPUT, names.get(Weight.EMBEDDING));
    }
    for (Weight w : Weight.values()) {
      for (int layer = 0; layer < (names.get(w).contains("%d") ? config.layers() : 1); layer++) {
        check(w, layer);
      }
    }
  }

  private void check(Weight w, int layer) throws BadFileException {
    String name = name(w, layer);
    TensorInfo t = source.tensors().get(name);
    if (t == null) {
      throw new BadFileException(source.path(), "tensor '" + name + "' is missing.");
    }
    boolean vector = rows(w) == 1;
    boolean fits = vector ? t.hasShape(columns(w)) : t.hasShape(rows(w), columns(w));
    if (!fits) {
      throw new BadFileException(
          source.path(),
          "tensor '"
              + name
              + "' has shape "
              + t.shape()
              + "; expected ["
              + (vector ? "" : rows(w) + ", ")
              + columns(w)
              + "].");
    }
  }

  private String name(Weight w, int layer) {
    return names.get(w).replace("%d", Integer.toString(layer));
  }

  @Override
  public int columns(Weight w) {
    return switch (w) {
      case ATTENTION_OUTPUT -> config.queryWidth();
      case DOWN -> config.feedForward();
      default -> config.hidden();
    };
  }

  @Override
  public int rows(Weight w) {
    return switch (w) {
      case EMBEDDING, OUTPUT -> config.vocab();
      case FINAL_NORM, ATTENTION_NORM, FEED_FORWARD_NORM -> 1;
      case QUERY -> config.queryWidth();
      case KEY, VALUE -> config.kvWidth();
      case ATTENTION_OUTPUT, DOWN -> config.hidden();
      case GATE, UP -> config.feedForward();
    };
  }

  @Override
  public void read(Weight w, int layer, int firstRow, float[] into) {
    TensorInfo t = source.tensors().get(name(w, layer));
    int columns = columns(w);
    if (interleaved && (w == Weight.QUERY || w == Weight.KEY)) {
      float[] row = new float[columns];
      for (int i = 0; i < into.length / columns; i++) {
        source.read(t, (long) storedRow(firstRow + i) * columns, row);
        System.arraycopy(row, 0, into, i * columns, columns);
      }
    } else {
      source.read(t, (long) firstRow * columns, into);
    }
  }

  @Override
  public AffineBlocks blocks(Weight w, int layer, int firstRow, int rows) {
    TensorInfo t = source.tensors().get(name(w, layer));
    int columns = columns(w);
    if (!AffineBlocks.describes(t.type())) {
      return null;
    }
    AffineBlocks stored = source.blocks(t, (long) firstRow * columns, rows * columns);
    boolean permuted = interleaved && (w == Weight.QUERY || w == Weight.KEY);
    return permuted ? reordered(stored, firstRow, rows, columns) : stored;
  }

  /** Rows in the halves layout; `firstRow` and `rows` must be whole heads. */
  private AffineBlocks reordered(AffineBlocks stored, int firstRow, int rows, int columns) {
    int blocks = columns / AffineBlocks.BLOCK;
    AffineBlocks out =
        new AffineBlocks(
            new byte[rows * columns], new float[rows * blocks], new float[rows * blocks]);
    for (int i = 0; i < rows; i++) {
      int from = storedRow(firstRow + i) - firstRow;
      System.arraycopy(stored.levels(), from * columns, out.levels(), i * columns, columns);
      System.arraycopy(stored.scales(), from * blocks, out.scales(), i * blocks, blocks);
      System.arraycopy(stored.minima(), from * blocks, out.minima(), i * blocks, blocks);
    }
    return out;
  }

  /**
   * Row of the file that holds this row of the halves layout: within a head, component i pairs with
   * i + d/2 here, with its neighbour there.
   */
  private int storedRow(int row) {
    int d = config.headDim();
    int i = row % d;
    return row - i + (i < d / 2 ? 2 * i : 2 * (i - d / 2) + 1);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
