package org.emslens.session;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.emslens.cache.PromptScore;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.engine.scores.PromptScoring;
import org.emslens.model.Model;
import org.emslens.text.Token;
import org.emslens.text.Tokenizer;

/**
 * A prompt as a model has read it, which any number of sessions may begin from.
 *
 * @param pass of the model that can go on from it; null for a recording's, likewise scoring and
 *     tokenizer
 * @param model that read it, by its title
 * @param first what the full cache says after the prompt
 */
record ReadPrompt(
    ForwardPass pass,
    PromptScoring scoring,
    Tokenizer tokenizer,
    String model,
    String text,
    List<Token> tokens,
    Prompt prefill,
    Distribution first) {

  /**
   * Has a model read it, and asks it what a choice wants to know of it.
   *
   * @param text sent as it is, special tokens in it recognised
   * @param looks whether what heads look at can be asked for
   * @throws IllegalArgumentException in one sentence, where prompt or budget do not fit
   */
  static ReadPrompt by(
      Model model,
      ForwardPass pass,
      String text,
      CacheChoice choice,
      boolean looks,
      Progress progress) {
    List<Token> tokens = model.tokenizer().encodePrompt(text);
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("The prompt is empty.");
    }
    if (tokens.size() >= model.config().context()) {
      throw new IllegalArgumentException(
          "The prompt has "
              + tokens.size()
              + " tokens; the model's context holds "
              + model.config().context()
              + ".");
    }
    choice.slotsFor(tokens.size());
    int[] ids = Tokenizer.ids(tokens);
    Set<PromptScore> asked = choice.asks(tokens.size());
    PromptScoring.check(model, ids, asked);
    boolean asks = !asked.isEmpty();
    Prompt prefill = pass.prompt(ids, null, asks ? share -> progress.at(share / 3) : progress);
    ReadPrompt read =
        new ReadPrompt(
            pass,
            new PromptScoring(model, pass, looks),
            model.tokenizer(),
            model.title(),
            text,
            tokens,
            prefill,
            Distribution.of(prefill.logits(), model.tokenizer()));
    try {
      read.ask(choice, share -> progress.at((1 + 2 * share) / 3));
      return read;
    } catch (RuntimeException | Error e) {
      prefill.close();
      throw e;
    }
  }

  /** A recording's, which no model is at hand for. */
  static ReadPrompt of(Run recorded) {
    return new ReadPrompt(
        null,
        null,
        null,
        recorded.model(),
        recorded.promptText(),
        recorded.prompt(),
        recorded.prefill(),
        recorded.steps().getFirst().next());
  }

  /**
   * A recording's, read again by the model that made it.
   *
   * @throws IllegalStateException in one sentence, where it turns out to be another model
   */
  static ReadPrompt again(Run recorded, Model model, ForwardPass pass, Progress progress) {
    Prompt prefill = pass.prompt(Tokenizer.ids(recorded.prompt()), null, progress);
    Distribution first = Distribution.of(prefill.logits(), model.tokenizer());
    if (first.farFrom(recorded.steps().getFirst().next())) {
      throw new IllegalStateException(
          "This session was recorded with other weights than those of the open "
              + model.title()
              + ": the same prompt gives another distribution, so it cannot go on.");
    }
    prefill.scores().putAll(recorded.prefill().scores());
    return new ReadPrompt(
        pass,
        new PromptScoring(model, pass, true),
        model.tokenizer(),
        recorded.model(),
        recorded.promptText(),
        recorded.prompt(),
        prefill,
        first);
  }

  /** Whether a model is at hand to go on with. */
  boolean hasModel() {
    return pass != null;
  }

  /** Whether a run is of this prompt, by weights that say the same of it. */
  boolean isOf(Run made) {
    return hasModel()
        && made.config().isLike(prefill.config())
        && Arrays.equals(Tokenizer.ids(made.prompt()), Tokenizer.ids(tokens))
        && !first.farFrom(made.steps().getFirst().next());
  }

  /**
   * Whether a choice can be planned without asking the model.
   *
   * @throws IllegalArgumentException in one sentence, where the budget does not fit
   */
  boolean knows(CacheChoice choice) {
    return prefill.scores().has(choice.asks(tokens.size()));
  }

  /**
   * Asks the model what a choice wants to know of the prompt, unless that is known.
   *
   * @throws IllegalArgumentException in one sentence, where the budget does not fit, or no model is
   *     at hand to be asked
   */
  void ask(CacheChoice choice, Progress progress) {
    choice.slotsFor(tokens.size());
    Set<PromptScore> asked = choice.asks(tokens.size());
    if (prefill.scores().has(asked)) {
      return;
    }
    if (scoring == null) {
      throw new IllegalArgumentException(
          choice.policy().title()
              + " asks the model about the prompt first; "
              + model
              + " has to be open for that.");
    }
    scoring.ask(prefill, asked, progress);
  }
}
