package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.List;
import org.emslens.device.Matrix;
import org.emslens.device.packed.PackedTiles;
import org.emslens.device.packed.Packing;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/** Weight matrices of the same input, one below the other, packed in a card's memory. */
record ClMatrix(int out, int in, List<Part> parts) implements Matrix {

  /** A matrix in tiles; see {@link PackedTiles}. */
  record Part(
      Packing packing,
      int rows,
      int blocks,
      int tiles,
      long tileBytes,
      long wordsFrom,
      Buffer weights) {}

  static ClMatrix of(Card card, TensorSource source, List<TensorInfo> tensors) {
    List<Part> parts = new ArrayList<>();
    try {
      for (TensorInfo t : tensors) {
        parts.add(part(card, source, t));
      }
    } catch (RuntimeException | Error e) {
      parts.forEach(p -> p.weights.close());
      throw e;
    }
    return new ClMatrix(
        parts.stream().mapToInt(Part::rows).sum(),
        Math.toIntExact(tensors.getFirst().shape().getLast()),
        List.copyOf(parts));
  }

  private static Part part(Card card, TensorSource source, TensorInfo tensor) {
    try (PackedTiles packed = new PackedTiles(source, tensor, Tuning.TILE_ROWS)) {
      Buffer weights = card.allocate(packed.memory().byteSize());
      try {
        card.write(packed.memory(), weights);
      } catch (RuntimeException | Error e) {
        weights.close();
        throw e;
      }
      return new Part(
          packed.packing(),
          packed.rows(),
          packed.blocks(),
          packed.tiles(),
          packed.tileBytes(),
          packed.wordsFrom(),
          weights);
    }
  }

  @Override
  public long bytes() {
    return parts.stream().mapToLong(p -> p.weights.bytes()).sum();
  }

  @Override
  public void close() {
    parts.forEach(p -> p.weights.close());
  }
}
