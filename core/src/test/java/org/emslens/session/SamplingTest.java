package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingTest {
  /** Probabilities 0.5, 0.3, 0.15, 0.05. */
  private static final float[] LOGITS = {
    (float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.15), (float) Math.log(0.05)
  };

  private static Set<Integer> comes(Sampling s) {
    Set<Integer> all = new HashSet<>();
    for (int step = 0; step < 400; step++) {
      all.add(s.choose(LOGITS, step, IntStream.empty()));
    }
    return all;
  }

  @Test
  void limitsSayWhatMayCome() {
    assertEquals(Set.of(0, 1, 2, 3), comes(new Sampling(1, 1, 0, 5)));
    assertEquals(Set.of(0, 1), comes(new Sampling(1, 1, 2, 5)));
    assertEquals(Set.of(0, 1), comes(new Sampling(1, 0.7, 0, 5)));
    assertEquals(Set.of(0, 1, 2), comes(new Sampling(1, 1, 0, 0.25, 1, 5)));
    assertEquals(Set.of(0), comes(new Sampling(1, 1, 0, 1, 1, 5)));
    assertEquals(Set.of(0), comes(Sampling.GREEDY));
    int often = 0;
    for (int step = 0; step < 4000; step++) {
      often += new Sampling(1, 1, 0, 7).choose(LOGITS, step, IntStream.empty()) == 0 ? 1 : 0;
    }
    assertEquals(0.5, often / 4000.0, 0.03);
  }

  /** As transformers' RepetitionPenaltyLogitsProcessor does. */
  @Test
  void whatTheTextHoldsIsLessLikely() {
    float[] logits = {3, 2.9f, -1, -1.1f};
    float[] before = logits.clone();
    Sampling penalty = new Sampling(0, 1, 0, 0, 1.2, 1);
    assertEquals(0, penalty.choose(logits, 0, IntStream.empty()));
    assertEquals(1, penalty.choose(logits, 0, IntStream.of(0, 0)), "3 / 1.2 = 2.5");
    assertEquals(0, penalty.choose(logits, 0, IntStream.of(0, 1)), "2.5 against 2.42");
    float[] below = {-5, -1, -1.1f};
    assertEquals(2, penalty.choose(below, 0, IntStream.of(1)), "-1 * 1.2 = -1.2");
    assertTrue(Arrays.equals(before, logits), "the model's own numbers stay");
  }

  @Test
  void whatCannotBeIsRefused() {
    String least =
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 1, 0, 1.5, 1, 1))
            .getMessage();
    assertEquals("min-p is 1.5; expected 0 to 1.", least);
    String penalty =
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 1, 0, 0, 0, 1))
            .getMessage();
    assertEquals("repetition-penalty is 0.0; expected above 0 and up to 10.", penalty);
  }
}
