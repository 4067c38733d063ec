package org.emslens.session;

import java.util.Arrays;
import org.emslens.text.Tokenizer;

/** Turns tokens into text as they come, holding back the bytes of a character until it is whole. */
final class TextStream {
  private static final char UNFINISHED = '\uFFFD';
  private static final int LONGEST = 8;

  private final Tokenizer tokenizer;
  private int[] pending = new int[0];

  TextStream(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The text that this token completes. */
  String next(int token) {
    pending = Arrays.copyOf(pending, pending.length + 1);
    pending[pending.length - 1] = token;
    String text = tokenizer.decode(pending);
    if (!text.isEmpty()
        && text.charAt(text.length() - 1) == UNFINISHED
        && pending.length < LONGEST) {
      return "";
    }
    pending = new int[0];
    return text;
  }
}
