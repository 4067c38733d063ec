package org.emslens.engine.scores;

import java.util.EnumSet;
import java.util.Set;
import org.emslens.cache.PromptScore;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.model.Model;

/** Asks prompts what policies want to know of them, once each. */
public final class PromptScoring {
  private final Model model;
  private final ForwardPass pass;

  public PromptScoring(Model model, ForwardPass pass) {
    this.model = model;
    this.pass = pass;
  }

  /**
   * Sees to it that a prompt's scores are known.
   *
   * @param progress throws to stop, which leaves those that were known before
   * @throws IllegalArgumentException in one sentence, where the prompt leaves no room for asking
   */
  public void ask(Prompt prompt, Set<PromptScore> asked, Progress progress) {
    Set<PromptScore> missing = EnumSet.noneOf(PromptScore.class);
    missing.addAll(asked);
    missing.removeAll(prompt.scores().known());
    if (missing.contains(PromptScore.REPEAT) || missing.contains(PromptScore.REPEAT_PLUS)) {
      new Repetition(model, pass, prompt).run(progress);
    }
    if (missing.contains(PromptScore.EXPECTED)) {
      prompt
          .scores()
          .put(PromptScore.EXPECTED, new ExpectedAttention(model.spec(), prompt).run(progress));
    }
    if (missing.contains(PromptScore.KEY_DIFFERENCE)) {
      prompt.scores().put(PromptScore.KEY_DIFFERENCE, KeyDifference.run(prompt, progress));
    }
    if (missing.contains(PromptScore.OUTPUT_SIZE)) {
      prompt
          .scores()
          .put(PromptScore.OUTPUT_SIZE, new OutputSizes(model, prompt).perKvHead(progress));
    }
  }
}
