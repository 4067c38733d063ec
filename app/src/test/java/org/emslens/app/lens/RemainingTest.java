package org.emslens.app.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Estimates that come late rather than jump. */
class RemainingTest {
  private final Remaining remaining = new Remaining();

  @Test
  void nothingIsToldBeforeATenthIsDone() {
    remaining.tell(5, 0.09);
    assertTrue(Double.isNaN(remaining.seconds(5)));
    remaining.tell(6, 0.1);
    assertEquals(54, remaining.seconds(6), 1e-9);
  }

  @Test
  void aPartThatIsTenTimesSlowerDoesNotMakeTheEstimateJump() {
    double share = 0;
    double told = Double.NaN;
    for (int second = 1; second <= 60; second++) {
      share += second <= 20 ? 0.01 : 0.001;
      remaining.tell(second, share);
      double now = remaining.seconds(second);
      if (!Double.isNaN(told)) {
        assertTrue(Math.abs(now - told) < 0.15 * told + 2, told + " then " + now);
      }
      told = now;
    }
  }

  @Test
  void whatIsNearlyDoneIsNotToldToTakeLong() {
    remaining.tell(3, 0.1);
    remaining.tell(4, 0.95);
    assertTrue(remaining.seconds(4) < 1, "a slow beginning does not count at the end");
    remaining.tell(4.1, 1);
    assertEquals(0, remaining.seconds(4.1), 1e-9);
  }

  @Test
  void whatTakesLongerThanWasThoughtIsNotToldToBeOverInASecond() {
    remaining.tell(2, 0.5);
    assertTrue(Double.isNaN(remaining.seconds(30)));
  }
}
