package org.emslens.device.packed;

/**
 * How the levels of 32 weights of a row are packed into 32-bit words; the words of a tile's rows
 * lie side by side, word by word. Byte q of an int is bits 8 q to 8 q + 7.
 */
public enum Levels {
  /** Word k, bits 4 q to 4 q + 3: weight 8 k + q. */
  NIBBLES(4),
  /** Nibbles, then a word whose bit j is the fifth of weight j. */
  FIFTHS(5),
  /** Nibbles, then two words: bits 2 j and 2 j + 1 of word p are the upper ones of 16 p + j. */
  SIXTHS(6),
  /** Word k, byte q: weight 4 k + q, signed. */
  BYTES(8),
  /** Word k: half-precision weights 2 k in the low half, 2 k + 1 in the high half. */
  HALVES(16),
  /** The same with bfloat16. */
  BFLOATS(16),
  /** A float32 each. */
  FLOATS(32);

  private final int words;

  Levels(int words) {
    this.words = words;
  }

  /** Words for 32 weights. */
  public int words() {
    return words;
  }
}
