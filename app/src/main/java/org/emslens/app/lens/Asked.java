package org.emslens.app.lens;

import java.util.List;
import org.emslens.model.Model;
import org.emslens.session.Asking;
import org.emslens.session.Run;
import org.emslens.session.Turn;
import org.emslens.text.ChatMessage;
import org.emslens.text.ChatTemplate;

/**
 * What a user wants read.
 *
 * @param question what is asked once the text is compressed; empty where it stands in the text
 * @param chat whether it is a turn of a chat, in the model's own template
 * @param system what the model is told before a chat, or empty
 */
public record Asked(String text, String question, boolean chat, String system) {

  /** What was asked to make a run, as far as a model's chat template tells; null for no model. */
  public static Asked of(Run run, Model model) {
    Turn q = run.question();
    String question = q == null ? "" : q.words();
    ChatTemplate chat = model == null ? null : model.chat();
    List<ChatMessage> turns =
        chat == null ? List.of() : chat.turnsOf(run.promptText() + (q == null ? "" : q.text()));
    if (turns.isEmpty()) {
      return new Asked(run.promptText(), question, false, "");
    }
    String whole = turns.getLast().content();
    String asked = q == null ? "" : new Asking(run.promptText(), q.text()).words(chat);
    boolean ends = whole.endsWith(asked);
    return new Asked(
        ends ? whole.substring(0, whole.length() - asked.length()).strip() : whole,
        asked,
        true,
        turns.size() > 1 ? turns.getFirst().content() : "");
  }

  /** Whether a run is of this, perhaps in a chat's template, and before its question is read. */
  public boolean isIn(Run run) {
    Turn q = run.question();
    return run.promptText().contains(text.strip())
        && (q == null || q.words().equals(question.strip()));
  }

  /** The same as it is, without a template around it. */
  public Asked plain() {
    return new Asked(text, question, false, "");
  }

  /**
   * What is compressed, and what follows it.
   *
   * @throws IllegalArgumentException in one sentence, where the model has no chat template, or its
   *     template refuses this
   */
  public Asking asking(Model model) {
    boolean after = !question.isBlank();
    if (!chat) {
      return after ? Asking.of(text, question) : new Asking(text, null);
    }
    if (model.chat() == null) {
      throw new IllegalArgumentException(
          model.title()
              + " brings no chat template; switch 'chat turn' off to send the prompt as it is.");
    }
    return after
        ? Asking.within(model.chat().begin(system, Asking.joined(text, question)), question)
        : new Asking(model.chat().begin(system, text), null);
  }
}
