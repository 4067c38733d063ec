package org.emslens.app.lens;

import java.util.List;
import org.emslens.model.Model;
import org.emslens.session.Run;
import org.emslens.text.ChatMessage;
import org.emslens.text.ChatTemplate;

/**
 * What a user wants read.
 *
 * @param chat whether it is a turn of a chat, in the model's own template
 * @param system what the model is told before a chat, or empty
 */
public record Asked(String text, boolean chat, String system) {

  /** As it is. */
  public static Asked plain(String text) {
    return new Asked(text, false, "");
  }

  /**
   * What was asked to make a prompt, as far as a model's chat template tells; null for no model.
   */
  public static Asked of(String prompt, Model model) {
    ChatTemplate chat = model == null ? null : model.chat();
    List<ChatMessage> turns = chat == null ? List.of() : chat.turnsOf(prompt);
    return turns.isEmpty()
        ? plain(prompt)
        : new Asked(
            turns.getLast().content(), true, turns.size() > 1 ? turns.getFirst().content() : "");
  }

  /** Whether a run's prompt is this, perhaps in a chat's template. */
  public boolean isIn(Run run) {
    return run.promptText().contains(text.strip());
  }

  /**
   * The prompt.
   *
   * @throws IllegalArgumentException in one sentence, where the model has no chat template, or its
   *     template refuses this
   */
  public String prompt(Model model) {
    if (!chat) {
      return text;
    }
    if (model.chat() == null) {
      throw new IllegalArgumentException(
          model.title()
              + " brings no chat template; switch 'chat turn' off to send the prompt as it is.");
    }
    return model.chat().begin(system, text);
  }
}
