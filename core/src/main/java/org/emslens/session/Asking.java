package org.emslens.session;

import java.util.List;
import org.emslens.model.Model;
import org.emslens.text.ChatMessage;
import org.emslens.text.ChatTemplate;

/**
 * A prompt that is compressed, and what is asked once it is.
 *
 * @param compressed text that is read first
 * @param afterwards text that follows it, or null where the question is in the prompt
 */
public record Asking(String compressed, String afterwards) {
  private static final String APART = "\n\n";

  /** A context and a question after a blank line. */
  public static Asking of(String context, String question) {
    return new Asking(context.strip(), APART + question.strip());
  }

  /**
   * Refuses what a model's context does not hold, before anything is read.
   *
   * @return this
   * @throws IllegalArgumentException in one sentence
   */
  public Asking within(Model model) {
    int n = tokens(model);
    if (afterwards != null && n >= model.config().context()) {
      throw new IllegalArgumentException(
          "The prompt and what is asked afterwards have "
              + n
              + " tokens; the model's context holds "
              + model.config().context()
              + ".");
    }
    return this;
  }

  /**
   * What is asked afterwards in a user's words: without what a chat template puts behind a turn.
   *
   * @param chat null where there is none
   */
  public String words(ChatTemplate chat) {
    List<ChatMessage> turns = chat == null ? List.of() : chat.turnsOf(compressed + afterwards);
    String turn = turns.isEmpty() ? afterwards : turns.getLast().content();
    for (int n = Math.min(turn.length(), afterwards.length()); n > 0; n--) {
      if (turn.endsWith(afterwards.substring(0, n))) {
        return afterwards.substring(0, n).strip();
      }
    }
    return afterwards.strip();
  }

  /** Tokens of both. */
  public int tokens(Model model) {
    int prompt = model.tokenizer().encodePrompt(compressed).size();
    return afterwards == null ? prompt : prompt + model.tokenizer().encode(afterwards).size();
  }

  /** The two as one text. */
  public static String joined(String context, String question) {
    return context.strip() + APART + question.strip();
  }

  /**
   * A chat's text, in whose last turn both stand, cut before the question.
   *
   * @throws IllegalArgumentException in one sentence, where the template changes the question
   */
  public static Asking within(String chat, String question) {
    int at = chat.lastIndexOf(APART + question.strip());
    if (at < 0) {
      throw new IllegalArgumentException(
          "The model's chat template changes the question, so that it cannot come afterwards.");
    }
    return new Asking(chat.substring(0, at), chat.substring(at));
  }
}
