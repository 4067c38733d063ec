package org.emslens.app.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.emslens.format.Csv;
import org.emslens.format.Json;
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

  /** Of the first lanes only. */
  Comparison first(int n) {
    return n >= runs.size() ? this : new Comparison(lanes.subList(0, n), runs.subList(0, n));
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

  /**
   * Where each source token of a KV head is after a step: position of its slot, or -1 where it has
   * none that the next query reaches.
   */
  int[] hosts(int run, int index, int kvHead) {
    Step s = step(run, index);
    Run of = runs.get(run);
    int reached = of.reached(kvHead / of.config().kvHeads(), s);
    int[] hosts = s.after().head(kvHead).hosts(s.seen());
    for (int t = 0; t < hosts.length; t++) {
      hosts[t] = hosts[t] < reached ? -1 : hosts[t];
    }
    return hosts;
  }

  /** Every step of every run, as a table. */
  String csv() {
    StringBuilder out = new StringBuilder();
    for (int r = 0; r < runs.size(); r++) {
      Run run = runs.get(r);
      List<Measures> measures = Measures.all(run);
      for (Step s : run.steps()) {
        out.append(Csv.row(row(r, s, measures.get(s.index())), out.isEmpty()));
      }
    }
    return out.toString();
  }

  private ObjectNode row(int run, Step s, Measures m) {
    Lane lane = lanes.get(run);
    return Json.MAPPER
        .createObjectNode()
        .put("run", run + 1)
        .put("policy", lane.contender().policy().id())
        .put("switches", lane.contender().switchText())
        .put("budget", lane.budget())
        .put("step", s.index())
        .put("token", s.token() == null ? null : s.token().id())
        .put("text", s.text())
        .put("kl", m.kl())
        .put("agrees", known(m.agrees()))
        .put("outputError", known(m.outputError()))
        .put("slots", m.slots())
        .put("bytes", m.bytes());
  }

  private static Double known(double x) {
    return Double.isNaN(x) ? null : x;
  }
}
