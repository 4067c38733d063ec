package org.emslens.app.lens;

import java.util.List;

/**
 * Something the user must know or decide, shown until it is answered or put away.
 *
 * @param failure whether something went wrong
 * @param answers to choose from; it can always be put away without one
 */
public record Notice(String text, boolean failure, List<Answer> answers) {

  public Notice {
    answers = List.copyOf(answers);
  }

  /**
   * @param id of its button, for scripts and tests
   */
  public record Answer(String id, String label, Runnable action) {}
}
