package org.emslens.experiment;

import java.util.Locale;
import org.emslens.engine.Progress;
import org.emslens.model.Model;

/**
 * A task of RULER. Its answer may have several parts, each of which is found or not.
 *
 * @param tokens of the text, about
 * @param inside whether the question is part of the prompt that is compressed, or follows it
 */
public record RulerTask(Ruler kind, int tokens, boolean inside) implements Task {
  /** What is counted or hidden among less is in plain sight. */
  private static final int FEWEST = 100;

  /**
   * @throws IllegalArgumentException in one sentence, where the text would be too short
   */
  public RulerTask {
    if (tokens < FEWEST) {
      throw new IllegalArgumentException(
          "A task of RULER is to have " + tokens + " tokens; expected " + FEWEST + " or more.");
    }
  }

  @Override
  public String name() {
    return String.format(
        Locale.ROOT, "ruler %s %d %s", kind.id(), tokens, inside ? "inside" : "after");
  }

  @Override
  public boolean seeded() {
    return true;
  }

  @Override
  public boolean asks() {
    return true;
  }

  @Override
  public Tokens tokens(Model model, long seed, Progress progress) {
    Room.fits(model, tokens);
    Ruler.Text t = kind.text(tokens, seed, s -> Room.count(model.tokenizer(), s), progress);
    return inside
        ? Tokens.of(model.tokenizer(), t.text() + t.question(), "", t.answers())
        : Tokens.of(model.tokenizer(), t.text(), t.question(), t.answers());
  }
}
