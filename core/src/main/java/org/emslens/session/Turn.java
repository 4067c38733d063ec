package org.emslens.session;

import java.util.List;

/**
 * What a user said after the prompt was compressed: a question, or a later turn of a chat. Its
 * tokens are steps like others; what is shown of it is shown with the last of them.
 *
 * @param first step that feeds it; 1 where it is asked right after the compression
 * @param tokens that are fed
 * @param words of the user's
 * @param text that was sent, a chat's template included
 */
public record Turn(int first, List<Integer> tokens, String words, String text) {
  private static final String MARK = "\n\n› ";

  public Turn {
    tokens = List.copyOf(tokens);
    if (first < 1 || tokens.isEmpty()) {
      throw new IllegalArgumentException(
          "a turn begins with step " + first + " and has " + tokens.size() + " tokens.");
    }
  }

  /** The last step that feeds it. */
  public int last() {
    return first + tokens.size() - 1;
  }

  /** Whether a step feeds a token of it. */
  public boolean holds(int step) {
    return step >= first && step <= last();
  }

  /** Whether what a step predicts is a token of it: any but the last one's. */
  boolean isWithin(int step) {
    return holds(step) && step < last();
  }

  /** What is shown of it with one of its steps. */
  String shown(int step) {
    return step == last() ? MARK + words + "\n\n" : "";
  }

  /** The words that a step's text shows as a turn, or null: files told turns apart by that once. */
  static String wordsIn(String shown) {
    return shown.startsWith(MARK) ? shown.substring(MARK.length()).strip() : null;
  }
}
