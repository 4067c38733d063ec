package org.emslens.app.prompt;

import java.util.OptionalInt;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.emslens.app.controls.Background;
import org.emslens.app.controls.Format;
import org.emslens.app.lens.Asked;
import org.emslens.model.Model;

/** How many tokens a prompt has, of how many a model can hold; counted off the screen's thread. */
final class PromptLength {
  private final Supplier<OptionalInt> held;
  private final ReadOnlyStringWrapper text = new ReadOnlyStringWrapper(this, "text", "");
  private final ReadOnlyBooleanWrapper tooLong = new ReadOnlyBooleanWrapper(this, "tooLong");
  private final Background counting = new Background();
  private int tokens;

  /** Tokens that the model's context can hold; 0 until something was counted. */
  private int limit;

  private record Length(int tokens, int limit) {}

  /**
   * @param held what a chat holds already whose next turn is counted
   */
  PromptLength(Supplier<OptionalInt> held) {
    this.held = held;
  }

  /**
   * Counts what is written.
   *
   * @param turn whether it is a chat's next turn
   * @param model whose tokens are counted, or null for none
   */
  void count(Asked written, boolean turn, Model model) {
    if (model == null || written.text().isBlank()) {
      // A count that is under way is of what was written before.
      counting.request(stale -> null, x -> {});
      text.set("");
      tokens = 0;
      tooLong.set(false);
      if (model != null) {
        show(new Length(0, model.config().context()));
      }
      return;
    }
    boolean next = turn && model.chat() != null;
    counting.request(
        stale -> {
          pause();
          if (stale.getAsBoolean()) {
            return null;
          }
          try {
            int counted = next ? turnLength(written, model) : length(written, model);
            return new Length(counted, model.config().context());
          } catch (IllegalStateException e) {
            // The model was closed; what takes its place has it counted again.
            return null;
          }
        },
        this::show);
  }

  /** Where it has no template, or that refuses it, a chat is counted as it is written. */
  private static int length(Asked asked, Model model) {
    Asked counted = model.chat() == null ? asked.plain() : asked;
    try {
      return counted.asking(model).tokens(model);
    } catch (IllegalArgumentException e) {
      // Who runs it is told why.
      return counted.chat() ? length(asked.plain(), model) : 0;
    }
  }

  private static int turnLength(Asked asked, Model model) {
    try {
      return model.tokenizer().encode(model.chat().next(asked.text())).size();
    } catch (IllegalArgumentException e) {
      return length(asked, model);
    }
  }

  /** While somebody types, most counts are not worth beginning. */
  private static void pause() {
    try {
      Thread.sleep(120);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(Length l) {
    tokens = l.tokens;
    limit = l.limit;
    show();
  }

  /** What a chat holds is more now, or less. */
  void refresh() {
    if (!text.get().isEmpty()) {
      show();
    }
  }

  private void show() {
    OptionalInt before = limit > 0 ? held.get() : OptionalInt.empty();
    tooLong.set(before.orElse(0) + tokens >= limit);
    text.set(
        (before.isPresent() ? Format.count(before.getAsInt()) + " + " : "")
            + Format.count(tokens)
            + " / "
            + Format.count(limit)
            + " tokens");
  }

  /** As far as they are counted, else 0. */
  int tokens() {
    return tokens;
  }

  /** In words; empty where nobody can tell. */
  ReadOnlyStringProperty textProperty() {
    return text.getReadOnlyProperty();
  }

  ReadOnlyBooleanProperty tooLongProperty() {
    return tooLong.getReadOnlyProperty();
  }
}
