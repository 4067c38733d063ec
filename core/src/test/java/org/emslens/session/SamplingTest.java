package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.emslens.TestFiles;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.Test;

class SamplingTest {
  /** Probabilities 0.5, 0.3, 0.15, 0.05. */
  private static final float[] LOGITS = {
    (float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.15), (float) Math.log(0.05)
  };

  private static int chosen(Sampling s, float[] logits, int step, IntStream text) {
    return s.draw(logits, text).token(s.chance(step));
  }

  private static Set<Integer> comes(Sampling s) {
    Set<Integer> all = new HashSet<>();
    for (int step = 0; step < 400; step++) {
      all.add(chosen(s, LOGITS, step, IntStream.empty()));
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
      often += chosen(new Sampling(1, 1, 0, 7), LOGITS, step, IntStream.empty()) == 0 ? 1 : 0;
    }
    assertEquals(0.5, often / 4000.0, 0.03);
  }

  /** What is shown beside the model's own probabilities: 0.5 and 0.3, which make 0.8 together. */
  @Test
  void candidatesShareWhatIsHeld() throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      Distribution two =
          new Sampling(1, 1, 2, 5).draw(LOGITS, IntStream.empty()).distribution(model.tokenizer());
      assertEquals(2, two.top().size());
      assertEquals(0.5 / 0.8, two.top().get(0).probability(), 1e-6);
      assertEquals(0.3 / 0.8, two.top().get(1).probability(), 1e-6);
      Distribution one =
          Sampling.GREEDY.draw(LOGITS, IntStream.empty()).distribution(model.tokenizer());
      assertEquals(1, one.top().size());
      assertEquals(1, one.top().getFirst().probability());
    }
    assertFalse(new Sampling(1, 1, 0, 5).changesProbabilities());
    assertFalse(Sampling.GREEDY.withTopP(0.5).changesProbabilities());
    assertTrue(Sampling.GREEDY.withRepetition(1.1).changesProbabilities());
    assertTrue(new Sampling(0.7, 1, 0, 5).changesProbabilities());
  }

  /** As transformers' RepetitionPenaltyLogitsProcessor does. */
  @Test
  void whatTheTextHoldsIsLessLikely() {
    float[] logits = {3, 2.9f, -1, -1.1f};
    float[] before = logits.clone();
    Sampling penalty = new Sampling(0, 1, 0, 0, 1.2, 1);
    assertEquals(0, chosen(penalty, logits, 0, IntStream.empty()));
    assertEquals(1, chosen(penalty, logits, 0, IntStream.of(0, 0)), "3 / 1.2 = 2.5");
    assertEquals(0, chosen(penalty, logits, 0, IntStream.of(0, 1)), "2.5 against 2.42");
    float[] below = {-5, -1, -1.1f};
    assertEquals(2, chosen(penalty, below, 0, IntStream.of(1)), "-1 * 1.2 = -1.2");
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
