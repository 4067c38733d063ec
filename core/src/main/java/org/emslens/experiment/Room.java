package org.emslens.experiment;

import org.emslens.model.Model;
import org.emslens.text.Tokenizer;

/** Whether texts that are generated fit a model's context. */
final class Room {
  private Room() {}

  static int count(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text).size();
  }

  /** Refuses before anything is generated; what is generated may still be a sentence longer. */
  static void fits(Model model, long tokens) {
    if (tokens > model.config().context()) {
      throw new IllegalArgumentException(
          "Prompt and continuation would have "
              + tokens
              + " tokens; the context holds "
              + model.config().context()
              + ".");
    }
  }
}
