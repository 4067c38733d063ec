package org.emslens.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.session.CacheChoice;

/** Runs trials: all those of one prompt on one prefill. */
public final class Experiment {
  private Experiment() {}

  /** Is told what happens, on the thread that works. */
  public interface Listener {

    /** What is being worked on, and how far it is, from 0 to 1. */
    void working(String what, double share);

    void done(Outcome outcome);
  }

  /** Trials that share a prompt, in order. */
  public static List<List<Trial>> groups(List<Trial> trials) {
    Map<String, List<Trial>> groups = new LinkedHashMap<>();
    for (Trial t : trials) {
      groups.computeIfAbsent(t.group(), k -> new ArrayList<>()).add(t);
    }
    return List.copyOf(groups.values());
  }

  /**
   * Runs the trials of one prompt. A trial that cannot be run says why in its outcome, and the
   * others go on.
   *
   * @param progress throws to stop
   */
  public static void run(
      LoadedModel loaded, List<Trial> group, Listener listener, Progress progress) {
    Trial first = group.getFirst();
    Baseline baseline;
    try {
      Task.Tokens tokens = first.task().tokens(loaded.model(), first.seed(), progress);
      check(tokens, loaded);
      listener.working("full cache, " + first.task().name(), 0);
      baseline =
          Baseline.of(
              loaded.pass(), tokens.prompt(), tokens.continuation(), tokens.first(), progress);
    } catch (IOException | IllegalArgumentException e) {
      group.forEach(t -> listener.done(Outcome.of(t, null, 0, e.getMessage())));
      return;
    }
    for (Trial t : group) {
      listener.done(run(loaded.pass(), baseline, t, listener, progress));
    }
  }

  private static Outcome run(
      ForwardPass pass, Baseline baseline, Trial t, Listener listener, Progress progress) {
    long start = System.nanoTime();
    try {
      CacheChoice choice = t.choice();
      String what = t.contender().label() + " " + t.budget() + ", " + t.task().name();
      Drift drift =
          Drift.measure(
              pass,
              baseline,
              choice,
              t.once(),
              share -> {
                listener.working(what, share);
                progress.at(share);
              });
      return Outcome.of(t, drift, (System.nanoTime() - start) / 1e9, null);
    } catch (IllegalArgumentException e) {
      return Outcome.of(t, null, 0, e.getMessage());
    }
  }

  private static void check(Task.Tokens tokens, LoadedModel loaded) {
    int all = tokens.prompt().length + tokens.continuation().length;
    int context = loaded.model().config().context();
    if (tokens.prompt().length == 0 || tokens.continuation().length <= tokens.first()) {
      throw new IllegalArgumentException("Prompt or continuation is empty.");
    }
    if (all > context) {
      throw new IllegalArgumentException(
          "Prompt and continuation have " + all + " tokens; the context holds " + context + ".");
    }
  }
}
