package org.emslens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThinkingTest {
  private static String within(String... texts) {
    List<Token> tokens = Stream.of(texts).map(t -> new Token(0, t, -1, -1)).toList();
    BitSet within = Thinking.in(tokens);
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < texts.length; i++) {
      said.append(within.get(i) ? '#' : '.');
    }
    return said.toString();
  }

  @Test
  void blocksAreFoundHoweverTheirMarksAreDivided() {
    assertEquals("....", within("a", "think", " b", ">"));
    assertEquals(".###.", within("a", "<think>", " b", "</think>", " c"));
    assertEquals(".#######.", within("a", "<th", "ink", ">", "b", "</", "think", ">", "c"));
    assertEquals("#####.##", within("<think>", "\n", "", "x", "</think>\n", "y", "<think>", "z"));
    assertEquals("..##", within("b", "</think>", "<think>", "never closed"));
    assertEquals("", within());
  }
}
