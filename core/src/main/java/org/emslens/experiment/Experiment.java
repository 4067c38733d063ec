package org.emslens.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.engine.scores.PromptScoring;
import org.emslens.session.CacheChoice;

/** Runs trials: all those of one prompt on one prefill. */
public final class Experiment {
  /** Trials at a time: more would hardly be faster. */
  private static final int TOGETHER = 8;

  /** Slots that their caches may have together, in prompts. */
  private static final int ROOM = 2;

  private Experiment() {}

  /** Is told what happens, on the thread that works. */
  public interface Listener {

    /** What is being worked on, and how far it is, from 0 to 1. */
    void working(String what, double share);

    void done(Outcome outcome);

    /** Between two batches; others may be let in. */
    default void rested() {}
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
      baseline = Baseline.of(loaded.pass(), tokens, progress);
    } catch (IOException | IllegalArgumentException e) {
      group.forEach(t -> listener.done(Outcome.of(t, null, 0, e.getMessage())));
      return;
    }
    for (List<Trial> batch :
        batches(asked(loaded, group, baseline, listener, progress), baseline, listener)) {
      run(loaded.pass(), baseline, batch, listener, progress).forEach(listener::done);
      listener.rested();
    }
  }

  /** Asks the prompt what policies want to know; trials that it leaves no room for have ended. */
  private static List<Trial> asked(
      LoadedModel loaded,
      List<Trial> group,
      Baseline baseline,
      Listener listener,
      Progress progress) {
    PromptScoring scoring = new PromptScoring(loaded.model(), loaded.pass());
    List<Trial> able = new ArrayList<>();
    for (Trial t : group) {
      CacheChoice c = t.choice();
      try {
        scoring.ask(
            baseline.prefill(),
            c.asks(baseline.prefill().tokens()),
            share -> {
              listener.working(c.policy().title() + " asks, " + t.task().name(), share);
              progress.at(share);
            });
        able.add(t);
      } catch (IllegalArgumentException e) {
        listener.done(Outcome.of(t, null, 0, e.getMessage()));
      }
    }
    return able;
  }

  /** Trials that run side by side; those that cannot run have their outcome at once. */
  private static List<List<Trial>> batches(
      List<Trial> group, Baseline baseline, Listener listener) {
    List<List<Trial>> batches = new ArrayList<>();
    int prompt = baseline.prefill().tokens();
    int slots = 0;
    for (Trial t : group) {
      try {
        int more = t.choice().slotsFor(prompt);
        List<Trial> last = batches.isEmpty() ? List.of() : batches.getLast();
        slots += more;
        if (last.isEmpty()
            || t.once() != last.getLast().once()
            || last.size() == TOGETHER
            || slots > ROOM * prompt) {
          batches.add(new ArrayList<>());
          slots = more;
        }
        batches.getLast().add(t);
      } catch (IllegalArgumentException e) {
        listener.done(Outcome.of(t, null, 0, e.getMessage()));
      }
    }
    return batches;
  }

  private static List<Outcome> run(
      ForwardPass pass,
      Baseline baseline,
      List<Trial> batch,
      Listener listener,
      Progress progress) {
    long start = System.nanoTime();
    Trial first = batch.getFirst();
    String others = batch.size() == 1 ? "" : " and " + (batch.size() - 1) + " more";
    String what =
        first.contender().label() + " " + first.budget() + others + ", " + first.task().name();
    Progress told =
        share -> {
          listener.working(what, share);
          progress.at(share);
        };
    List<CacheChoice> choices = batch.stream().map(Trial::choice).toList();
    List<Drift> drifts = Drift.measure(pass, baseline, choices, first.once(), told);
    double seconds = (System.nanoTime() - start) / 1e9 / batch.size();
    return IntStream.range(0, batch.size())
        .mapToObj(i -> Outcome.of(batch.get(i), drifts.get(i), seconds, null))
        .toList();
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
