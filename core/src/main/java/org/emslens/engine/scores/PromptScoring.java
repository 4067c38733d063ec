package org.emslens.engine.scores;

import java.util.EnumSet;
import java.util.Set;
import org.emslens.cache.PromptScore;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.engine.RepetitionMap;
import org.emslens.model.Model;

/** Asks prompts what policies, or people, want to know of them, once each. */
public final class PromptScoring {
  /** Parts of a map that are kept where nobody has asked for them yet. */
  private static final int PARTS_KEPT = 4;

  private final Model model;
  private final ForwardPass pass;
  private final boolean keepsMaps;

  /** For those who want to know, and not to look. */
  public PromptScoring(Model model, ForwardPass pass) {
    this(model, pass, false);
  }

  /**
   * @param keepsMaps whether a prompt that is repeated for a policy, in not too many parts, can be
   *     looked at, too
   */
  public PromptScoring(Model model, ForwardPass pass, boolean keepsMaps) {
    this.model = model;
    this.pass = pass;
    this.keepsMaps = keepsMaps;
  }

  /**
   * Refuses what cannot be asked of a prompt, before it is read.
   *
   * @param ids of the prompt
   * @throws IllegalArgumentException in one sentence, where it leaves no room for asking
   */
  public static void check(Model model, int[] ids, Set<PromptScore> asked) {
    if (repeats(asked)) {
      RepeatedChunk.of(model, ids);
    }
  }

  private static boolean repeats(Set<PromptScore> asked) {
    return asked.contains(PromptScore.REPEAT) || asked.contains(PromptScore.REPEAT_PLUS);
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
    if (repeats(missing)) {
      new Repetition(model, pass, prompt, keepsMaps && isShort(prompt)).run(progress);
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

  /** A part on a card holds the keys of all that was before it. */
  private boolean isShort(Prompt prompt) {
    return RepeatedChunk.of(model, prompt.ids()).size() <= PARTS_KEPT;
  }

  /**
   * What heads look at while the model repeats a prompt, which is read once more for that unless it
   * was before; about as long as the first time. What policies want to know of that is known then.
   *
   * @param progress throws to stop
   * @throws IllegalArgumentException in one sentence, where the context has no room for that
   */
  public RepetitionMap repeat(Prompt prompt, Progress progress) {
    RepetitionMap known = prompt.scores().repetition();
    if (known != null) {
      return known;
    }
    new Repetition(model, pass, prompt, true).run(progress);
    return prompt.scores().repetition();
  }
}
