package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class EditionTest {

  /** Otherwise the results that are published are of other texts than this program generates. */
  @Test
  void publishedResultsAreOfTodaysTexts() {
    for (Task t :
        List.of(
            new Task.NeedleTask(500, -1, true),
            new Task.ProseTask(1000, 128),
            new RulerTask(Ruler.MULTI_KEY, 4000, false))) {
      assertEquals(t.name(), t.identity());
    }
  }

  @Test
  void othersTextsAreOthers() {
    assertNotEquals(Edition.identity("prose 9+1"), Edition.identity("prose 9+1", "0".repeat(64)));
    assertNotEquals(
        Edition.identity("prose 9+1", "1".repeat(64)),
        Edition.identity("prose 9+1", "0".repeat(64)));
  }
}
