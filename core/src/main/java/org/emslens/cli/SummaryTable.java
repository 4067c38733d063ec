package org.emslens.cli;

import java.util.Collection;
import java.util.Locale;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Summary;
import org.emslens.experiment.Summary.Estimate;
import org.emslens.experiment.Summary.Measure;

/** Means over prompts and seeds, as text. */
final class SummaryTable {
  private SummaryTable() {}

  static String of(Collection<Outcome> outcomes) {
    StringBuilder s = new StringBuilder();
    s.append(
        String.format(
            Locale.ROOT,
            "%-44s %7s %5s %8s %6s %8s %7s %7s %7s%n",
            "policy",
            "budget",
            "runs",
            "KL",
            "agree",
            "perplex.",
            "error",
            "right",
            "log p"));
    for (Summary row : Summary.of(outcomes)) {
      s.append(
          String.format(
              Locale.ROOT,
              "%-44s %7s %5d %8s %6s %8s %7s %7s %7s%n",
              row.label(),
              row.budget(),
              row.outcomes().size(),
              value(row, Measure.KL, "%.4f"),
              value(row, Measure.AGREEMENT, "%.3f"),
              value(row, Measure.PERPLEXITY, "%.3f"),
              value(row, Measure.OUTPUT_ERROR, "%.3f"),
              value(row, Measure.ACCURACY, "%.2f"),
              value(row, Measure.LOG_PROBABILITY, "%.2f")));
    }
    return s.toString();
  }

  private static String value(Summary row, Measure m, String format) {
    Estimate e = row.estimate(m);
    return e == null ? "" : String.format(Locale.ROOT, format, e.mean());
  }
}
