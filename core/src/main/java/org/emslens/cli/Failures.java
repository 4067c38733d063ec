package org.emslens.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into one sentence; the rest goes to the log. */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  public static String sentence(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "There is not enough memory for this; try a shorter prompt or a smaller model.";
    }
    String message = e.getMessage();
    String text =
        message == null || message.isBlank()
            ? "Something failed inside ("
                + e.getClass().getSimpleName()
                + "); the log file says more."
            : message;
    return text.lines().findFirst().orElse(text).strip();
  }

  public static void log(Throwable e) {
    LOG.error("Failed", e);
  }
}
