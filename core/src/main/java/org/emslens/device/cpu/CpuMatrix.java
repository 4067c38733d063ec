package org.emslens.device.cpu;

import java.util.List;
import org.emslens.device.Matrix;

/**
 * Weight matrices of the same input, one below the other: packed, or on ND4J's card.
 *
 * @param packed the parts; empty where they are on a card
 * @param card the parts; empty where they are packed
 */
record CpuMatrix(int out, int in, List<PackedMatrix> packed, List<CardMatrix> card)
    implements Matrix {

  @Override
  public long bytes() {
    return packed.stream().mapToLong(PackedMatrix::bytes).sum()
        + card.stream().mapToLong(CardMatrix::bytes).sum();
  }

  @Override
  public void close() {
    packed.forEach(PackedMatrix::close);
    card.forEach(CardMatrix::close);
  }
}
