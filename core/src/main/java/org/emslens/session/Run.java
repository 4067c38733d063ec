package org.emslens.session;

import java.util.List;
import org.emslens.cache.Precision;
import org.emslens.engine.Cache;
import org.emslens.engine.Prompt;
import org.emslens.model.Model;
import org.emslens.model.ModelConfig;
import org.emslens.text.Token;

/**
 * All there is to see of a session at one moment; immutable, so that windows and files may take
 * their time with it.
 *
 * @param model the model's title
 * @param promptText what was sent to the model, a chat's template included
 * @param prompt its tokens
 * @param turns of the user's after the prompt, in order; steps may not have come to the last yet
 * @param ended whether the model has ended its turn
 * @param canDecode whether a model is at hand to go on with
 */
public record Run(
    String model,
    String promptText,
    List<Token> prompt,
    Prompt prefill,
    CacheChoice choice,
    Sampling sampling,
    List<Step> steps,
    List<Turn> turns,
    boolean ended,
    boolean canDecode) {

  public Run {
    prompt = List.copyOf(prompt);
    steps = List.copyOf(steps);
    turns = List.copyOf(turns);
  }

  /** Whether a model has the name and the shape of the one that made this. */
  public boolean madeBy(Model other) {
    // Folders of the hub were called by their own names once.
    boolean named =
        model.equals(other.title()) || other.path() != null && other.path().endsWith(model);
    return named && config().isLike(other.config());
  }

  /**
   * What was asked right after the compression; null where it stands in the prompt. Told before all
   * of it is read, too.
   */
  public Turn question() {
    return turns.isEmpty() || turns.getFirst().first() > 1 ? null : turns.getFirst();
  }

  /** Whether both go on from the same prompt, and were asked the same after it, if anything. */
  public boolean isOnTheSame(Run other) {
    return isBeside(other) && words(question()).equals(words(other.question()));
  }

  private static String words(Turn q) {
    return q == null ? "" : q.words();
  }

  /** Whether both go on from the same prompt. */
  public boolean isBeside(Run other) {
    return promptText.equals(other.promptText);
  }

  public ModelConfig config() {
    return prefill.config();
  }

  public Step last() {
    return steps.getLast();
  }

  /** The token at this position of prompt and generated text. */
  public Token token(int position) {
    return position < prompt.size()
        ? prompt.get(position)
        : steps.get(position - prompt.size() + 1).token();
  }

  /** Text generated up to a step. */
  public String generated(int step) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= step; i++) {
      text.append(steps.get(i).text());
    }
    return text.toString();
  }

  /** The first position that a layer's next query reaches after a step. */
  public int reached(int layer, Step step) {
    return prefill.shapes().get(layer).firstReached(step.seen());
  }

  /** Whether some layers attend to a window only. */
  public boolean hasWindows() {
    return prefill.shapes().stream().anyMatch(s -> s.window() > 0);
  }

  /** Slots of all heads that the full cache would have: what the next query reaches. */
  public long fullSlots(Step step) {
    long slots = 0;
    for (int l = 0; l < config().layers(); l++) {
      slots += (long) config().kvHeads() * (step.seen() - reached(l, step));
    }
    return slots;
  }

  /** Steps up to the end of the user's last turn; 0 where there is none but the prompt. */
  public int said() {
    return turns.stream().mapToInt(Turn::last).filter(t -> t < steps.size()).max().orElse(0);
  }

  /** Bytes of the cache after a step, in its precision. */
  public long bytes(Step step) {
    Precision precision = choice.options().precision();
    if (!precision.rounds()) {
      return Cache.bytes(step.after().slots(), config().headDim());
    }
    int window = choice.options().window();
    Step compressed = step;
    while (compressed.index() > 0 && compressed.plan() == null) {
      compressed = steps.get(compressed.index() - 1);
    }
    long bytes = 0;
    for (int a = 0; a < config().allKvHeads(); a++) {
      int first = Math.max(0, compressed.after().slots(a) - window);
      int slots = step.after().slots(a);
      int rounded = Precision.settled(first, slots, window);
      bytes += precision.bytes(slots, rounded, config().headDim());
    }
    return bytes;
  }

  /** Bytes that the full cache would have, as float32. */
  public long fullBytes(Step step) {
    return Cache.bytes(fullSlots(step), config().headDim());
  }
}
