package org.emslens.cli;

import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.emslens.experiment.Experiment;
import org.emslens.experiment.Outcome;

/**
 * How far an experiment is, on stderr: a line that rewrites itself where somebody watches, a line
 * per result elsewhere. Runs that fail for the same reason are told once.
 */
final class ProgressLine implements Experiment.Listener {
  private static final int BAR = 20;

  private final PrintWriter err;
  private final int runs;
  private final boolean watched = System.console() != null && System.console().isTerminal();
  private final long start = System.nanoTime();
  private final Set<String> failures = new HashSet<>();
  private int done;
  private long shown;

  ProgressLine(PrintWriter err, int runs) {
    this.err = err;
    this.runs = runs;
  }

  @Override
  public void working(String what, double share) {
    long now = System.nanoTime();
    if (watched && now - shown > 200_000_000) {
      shown = now;
      int full = (int) ((done + share) / runs * BAR);
      err.print("\r[" + "#".repeat(full) + ".".repeat(BAR - full) + "] ");
      err.print(
          String.format(
              Locale.ROOT, "%d of %d, %s left   %-60.60s", done, runs, left(share), what));
      err.flush();
    }
  }

  @Override
  public void done(Outcome o) {
    done++;
    if (o.error() != null) {
      if (failures.add(o.error())) {
        line(o.label() + ", " + o.task() + ": " + o.error());
      }
    } else if (!watched) {
      line(
          String.format(
              Locale.ROOT,
              "%d of %d, %s left: %s, budget %s, %s, seed %d: KL %.4f, perplexity %.2f%s",
              done,
              runs,
              left(0),
              o.label(),
              o.budget(),
              o.task(),
              o.seed(),
              o.drift().kl(),
              o.drift().perplexity(),
              o.asks() ? o.drift().verbatim() ? ", right" : ", wrong" : ""));
    }
  }

  private void line(String text) {
    err.println((watched ? "\r" : "") + text);
    err.flush();
  }

  private String left(double share) {
    double so = done + share;
    if (so < 0.5) {
      return "?";
    }
    long seconds = Math.round((System.nanoTime() - start) / 1e9 / so * (runs - so));
    return seconds < 120 ? seconds + " s" : (seconds + 59) / 60 + " min";
  }

  void end() {
    if (watched) {
      err.println();
      err.flush();
    }
  }
}
