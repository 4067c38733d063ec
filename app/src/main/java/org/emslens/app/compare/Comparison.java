package org.emslens.app.compare;

import java.util.List;
import java.util.Locale;
import org.emslens.session.Measures;
import org.emslens.session.Run;
import org.emslens.session.Step;

/**
 * Runs of one prompt under different choices, step beside step.
 *
 * @param lanes at least two
 * @param runs one for each lane; the first is what the others are compared with
 */
record Comparison(List<Lane> lanes, List<Run> runs) {

  Comparison {
    lanes = List.copyOf(lanes);
    runs = List.copyOf(runs);
  }

  /** Steps beyond the prompt that some run has. */
  int steps() {
    return runs.stream().mapToInt(r -> r.steps().size() - 1).max().orElse(0);
  }

  /** A run's step, or its last where it ended before. */
  Step step(int run, int index) {
    List<Step> steps = runs.get(run).steps();
    return steps.get(Math.min(index, steps.size() - 1));
  }

  String label(int run) {
    return lanes.get(run).label();
  }

  /** First step whose token differs from the first run's, or -1. */
  int firstDifference(int run) {
    List<Step> mine = runs.get(run).steps();
    List<Step> theirs = runs.getFirst().steps();
    for (int i = 1; i < Math.max(mine.size(), theirs.size()); i++) {
      if (i >= mine.size()
          || i >= theirs.size()
          || mine.get(i).token().id() != theirs.get(i).token().id()) {
        return i < mine.size() ? i : -1;
      }
    }
    return -1;
  }

  /** Where each source token of a KV head is after a step: position of its slot, or -1. */
  int[] hosts(int run, int index, int kvHead) {
    Step s = step(run, index);
    return s.after().head(kvHead).hosts(s.seen());
  }

  /** Every step of every run, as a table. */
  String csv() {
    StringBuilder out =
        new StringBuilder(
            "run,policy,switches,budget,step,token,text,kl,agrees,outputError,slots,bytes\n");
    for (int r = 0; r < runs.size(); r++) {
      Run run = runs.get(r);
      List<Measures> measures = Measures.all(run);
      for (Step s : run.steps()) {
        Measures m = measures.get(s.index());
        out.append(
            String.format(
                Locale.ROOT,
                "%d,%s,\"%s\",%s,%d,%s,\"%s\",%.6f,%s,%s,%d,%d%n",
                r + 1,
                run.choice().policy().id(),
                lanes.get(r).contender().switchText(),
                run.choice().budget(),
                s.index(),
                s.token() == null ? "" : s.token().id(),
                s.text().replace("\"", "\"\""),
                m.kl(),
                number(m.agrees(), "%.0f"),
                number(m.outputError(), "%.6f"),
                m.slots(),
                m.bytes()));
      }
    }
    return out.toString();
  }

  private static String number(double x, String format) {
    return Double.isNaN(x) ? "" : String.format(Locale.ROOT, format, x);
  }
}
