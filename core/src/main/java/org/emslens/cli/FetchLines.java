package org.emslens.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.emslens.hub.FetchListener;
import org.emslens.hub.Terms;

/**
 * A fetch on stderr: a line that rewrites itself where somebody watches, a line per source
 * elsewhere; a model's terms, and whether they are accepted.
 */
final class FetchLines implements FetchListener {
  private final PrintWriter err;
  private final boolean accepted;
  private final boolean watched = System.console() != null && System.console().isTerminal();
  private String last = "";

  /**
   * @param accepted whether the user said already that terms are accepted
   */
  FetchLines(PrintWriter err, boolean accepted) {
    this.err = err;
    this.accepted = accepted;
  }

  @Override
  public void at(String source, long bytes, long of) {
    String line =
        watched
            ? String.format(
                Locale.ROOT,
                "Fetching from %s: %d of %d MB",
                source,
                bytes / 1_000_000,
                of / 1_000_000)
            : "Fetching the model from " + source + " ...";
    if (!line.equals(last)) {
      err.print(watched ? "\r" + line + "   " : line + System.lineSeparator());
      err.flush();
      last = line;
      if (watched && bytes == of) {
        err.println();
      }
    }
  }

  @Override
  public boolean accepts(Terms terms, String text) {
    if (accepted) {
      return true;
    }
    err.println(text);
    err.println();
    if (!watched) {
      err.println("'emslens get ID --accept-terms' accepts the " + terms.title() + ".");
      err.flush();
      return false;
    }
    err.print("Do you accept the " + terms.title() + "? Type yes or no: ");
    err.flush();
    String answer = System.console().readLine();
    return answer != null && answer.strip().equalsIgnoreCase("yes");
  }

  @Override
  public void gaveUp(String source, String why) {
    err.println((watched ? System.lineSeparator() : "") + "Not from " + source + ": " + why);
    err.flush();
  }
}
