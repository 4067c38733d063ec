package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionRingTest {

  /** Ragged rows come back as they were, from memory and from the file. */
  @Test
  void olderStepsLieInAFile() {
    AttentionRing ring = new AttentionRing(2000);
    Random r = new Random(1);
    List<short[][]> rows = new ArrayList<>();
    List<StepAttention> kept = new ArrayList<>();
    for (int step = 0; step < 40; step++) {
      short[][] made = new short[5][];
      for (int h = 0; h < made.length; h++) {
        made[h] = new short[h == 3 ? 0 : 10 + r.nextInt(30)];
        for (int j = 0; j < made[h].length; j++) {
          made[h][j] = (short) r.nextInt();
        }
      }
      rows.add(made);
      kept.add(ring.keep(new StepAttention(made)));
    }
    for (int step = 39; step >= 0; step--) {
      assertEquals(5, kept.get(step).heads());
      for (int h = 0; h < 5; h++) {
        assertArrayEquals(rows.get(step)[h], kept.get(step).row(h), "step " + step);
      }
    }
  }
}
