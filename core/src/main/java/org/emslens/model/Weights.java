package org.emslens.model;

import java.io.IOException;
import org.emslens.format.AffineBlocks;

/**
 * A model's weights under the names of {@link Weight}, in the layout of Hugging Face (RoPE rotates
 * halves), as float32.
 */
public interface Weights extends AutoCloseable {

  /** The matrices and vectors of a Llama decoder. */
  enum Weight {
    EMBEDDING,
    OUTPUT,
    FINAL_NORM,
    ATTENTION_NORM,
    QUERY,
    KEY,
    VALUE,
    ATTENTION_OUTPUT,
    FEED_FORWARD_NORM,
    GATE,
    UP,
    DOWN
  }

  /** Numbers in a row of the matrix (its input width); a vector is one row. */
  int columns(Weight weight);

  /** Rows of the matrix (its output width). */
  int rows(Weight weight);

  /**
   * Reads whole rows.
   *
   * @param layer ignored for weights that exist once
   * @param into filled with into.length / columns rows, starting at `firstRow`
   */
  void read(Weight weight, int layer, int firstRow, float[] into);

  /**
   * Whole rows as they are stored, if that is in affine blocks of 32 along the rows; else null.
   *
   * @param rows how many
   */
  AffineBlocks blocks(Weight weight, int layer, int firstRow, int rows);

  @Override
  void close() throws IOException;
}
