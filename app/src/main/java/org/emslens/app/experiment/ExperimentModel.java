package org.emslens.app.experiment;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.emslens.app.main.Lens;
import org.emslens.engine.LoadedEngine;
import org.emslens.engine.Progress;
import org.emslens.experiment.Experiment;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Task;
import org.emslens.experiment.Trial;
import org.emslens.session.Sampling;
import org.emslens.session.Session;
import org.emslens.session.Step;

/** An experiment run in the window: its outcomes as they come, and the way back to one of them. */
public final class ExperimentModel {
  /** Name of the open model in trials; there is only one. */
  public static final String OPEN_MODEL = "open";

  private static final int TEXT_STEPS = 64;

  private final Lens lens;
  private final Runnable inspect;
  private final ObservableList<Outcome> outcomes = FXCollections.observableArrayList();
  private final Map<String, Trial> trials = new HashMap<>();
  private final ReadOnlyStringWrapper note = new ReadOnlyStringWrapper(this, "note", "");

  /**
   * @param inspect turns to the page where a run is looked at
   */
  public ExperimentModel(Lens lens, Runnable inspect) {
    this.lens = lens;
    this.inspect = inspect;
  }

  /** Outcomes so far, those that failed included. */
  public ObservableList<Outcome> outcomes() {
    return outcomes;
  }

  /** How far it is, or why something could not be run. */
  public ReadOnlyStringProperty noteProperty() {
    return note.getReadOnlyProperty();
  }

  /** Forgets what there is and runs these; what came before a cancel stays. */
  public void run(List<Trial> wanted) {
    outcomes.clear();
    trials.clear();
    wanted.forEach(t -> trials.put(t.key(), t));
    note.set("0 of " + wanted.size() + " runs");
    lens.work(
        "Running the experiment",
        (loaded, session, progress) -> {
          AtomicInteger done = new AtomicInteger();
          for (List<Trial> group : Experiment.groups(wanted)) {
            Experiment.run(
                loaded,
                group,
                new Experiment.Listener() {
                  @Override
                  public void working(String what, double share) {
                    progress.at((done.get() + share) / wanted.size());
                  }

                  @Override
                  public void done(Outcome outcome) {
                    int n = done.incrementAndGet();
                    lens.show(() -> add(outcome, n, wanted.size()));
                  }
                },
                share -> progress.at((double) done.get() / wanted.size()));
          }
        });
  }

  private void add(Outcome outcome, int done, int of) {
    // News of an experiment that was replaced meanwhile.
    if (trials.containsKey(outcome.key())) {
      outcomes.add(outcome);
      note.set(
          done + " of " + of + " runs" + (outcome.error() == null ? "" : ".  " + outcome.error()));
    }
  }

  /**
   * Runs a trial again where it can be looked at: an answer at the step where it goes wrong, a text
   * where the cache's prediction is farthest from the full cache's.
   */
  public void open(Outcome outcome) {
    Trial trial = trials.get(outcome.key());
    if (trial != null) {
      lens.work("Opening the run", (loaded, session, progress) -> open(loaded, trial, progress));
      inspect.run();
    }
  }

  private void open(LoadedEngine loaded, Trial trial, Progress progress) throws Exception {
    Task.Tokens tokens = trial.task().tokens(loaded.model(), trial.seed());
    Session s =
        Session.start(
            loaded.model(),
            loaded.engine(),
            tokens.text(),
            trial.choice(),
            Sampling.GREEDY,
            Session.Detail.COMPARED,
            share -> progress.at(share / 2));
    int[] next = tokens.continuation();
    int shown = 0;
    double most = -1;
    boolean wrong = false;
    int steps = trial.task().asks() ? next.length : Math.min(next.length, TEXT_STEPS);
    for (int i = 0; i < steps && s.canStep(); i++) {
      progress.at(0.5 + (double) i / steps / 2);
      boolean answers = trial.task().asks() && i >= tokens.first();
      Step step = answers ? s.step() : s.feed(next[i]);
      if (answers && !wrong) {
        wrong = step.token().id() != next[i];
        shown = step.index();
      } else if (!trial.task().asks() && step.divergence() > most) {
        most = step.divergence();
        shown = step.index();
      }
    }
    lens.adopt(s, shown);
  }
}
