package org.emslens.app.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AnswerTextTest {
  @Test
  void turnsHaveLinesOfTheirOwn() {
    assertEquals(
        "Paris.\n› And of Spain?\nMadrid. ⏎ It is ⏎  ⏎ large.",
        AnswerText.of("Paris.\n\n› And of Spain?\n\nMadrid.\nIt is\n\nlarge.\n"));
    assertEquals("› Why?\nSo.", AnswerText.of("\n\n› Why?\n\nSo."));
  }

  @Test
  void onlyTheEndIsLaidOut() {
    assertTrue(AnswerText.of("word ".repeat(1000)).length() <= 400);
  }
}
