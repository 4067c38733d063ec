package org.emslens.cli;

import java.util.Collection;
import java.util.Locale;
import org.emslens.experiment.NeedleGrid;
import org.emslens.experiment.Outcome;

/** Needle grids as text: right answers of all, and the answer's log-probability per token. */
final class NeedleTable {
  private NeedleTable() {}

  static String of(Collection<Outcome> outcomes) {
    StringBuilder s = new StringBuilder();
    for (NeedleGrid grid : NeedleGrid.of(outcomes)) {
      s.append(grid.title())
          .append(": right of all, mean log-probability of the answer")
          .append(System.lineSeparator())
          .append("   depth");
      grid.lengths().forEach(n -> s.append(String.format(Locale.ROOT, " %,15d", n)));
      s.append(System.lineSeparator());
      for (double depth : grid.depths()) {
        s.append(String.format(Locale.ROOT, "%8s", NeedleGrid.named(depth)));
        for (int length : grid.lengths()) {
          NeedleGrid.Cell c = grid.cell(length, depth);
          String text =
              c == null
                  ? ""
                  : String.format(
                      Locale.ROOT,
                      "%d of %d, %.2f",
                      Math.round(c.accuracy().mean() * c.accuracy().n()),
                      c.accuracy().n(),
                      c.logProbability());
          s.append(String.format(Locale.ROOT, " %15s", text));
        }
        s.append(System.lineSeparator());
      }
      s.append(System.lineSeparator());
    }
    return s.toString();
  }
}
