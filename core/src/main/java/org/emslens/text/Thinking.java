package org.emslens.text;

import java.util.BitSet;
import java.util.List;

/**
 * Where a model thinks aloud before it answers: between the marks of Qwen 3, DeepSeek R1, SmolLM3
 * and Granite. A template may have opened the block in the prompt's name, and a text may end
 * within.
 */
public final class Thinking {
  private static final String OPENS = "<think>";
  private static final String CLOSES = "</think>";

  private Thinking() {}

  /** The tokens of thinking blocks, marks included, however marks are divided into tokens. */
  public static BitSet in(List<Token> tokens) {
    StringBuilder text = new StringBuilder();
    for (Token t : tokens) {
      text.append(t.text());
    }
    BitSet within = new BitSet();
    int from = text.indexOf(OPENS);
    int token = 0;
    int at = 0;
    while (from >= 0) {
      int end = text.indexOf(CLOSES, from);
      int to = end < 0 ? text.length() : end + CLOSES.length();
      for (; token < tokens.size() && at < to; token++) {
        int next = at + tokens.get(token).text().length();
        within.set(token, next > from);
        at = next;
      }
      from = text.indexOf(OPENS, to);
    }
    return within;
  }
}
