package org.emslens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PiecesTest {

  /** Embeddings are often padded to a round number of rows. */
  @Test
  void rowsThatNoTokenHasAreEmpty() {
    String[] vocabulary = {"<s>", "\u2581boat", null, null};
    boolean[] literal = {true, false, false, false};
    Pieces pieces = Pieces.sentencePiece(vocabulary, literal);
    assertEquals("", pieces.text(3));
    assertEquals(" boat", pieces.decode(new int[] {1, 2, 3}));
    assertEquals("", Pieces.byteLevel(vocabulary, literal).text(2));
  }
}
