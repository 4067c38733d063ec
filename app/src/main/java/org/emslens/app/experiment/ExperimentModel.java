package org.emslens.app.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.binding.StringBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.lens.Campaign;
import org.emslens.app.lens.Counted;
import org.emslens.app.lens.Gathered;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.engine.LoadedModel;
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
  private static final int TEXT_STEPS = 64;

  private final String name;
  private final Lens lens;
  private final Consumer<Runnable> inspect;
  private final Campaign campaign;
  private final ObservableList<Outcome> outcomes = FXCollections.observableArrayList();
  private final Map<String, Trial> trials = new HashMap<>();
  private final List<Outcome> latest = new ArrayList<>();
  private final Map<String, Outcome> earlier = new LinkedHashMap<>();
  private final BooleanProperty overlay = new SimpleBooleanProperty(this, "overlay");
  private final BooleanProperty hasEarlier = new SimpleBooleanProperty(this, "hasEarlier");
  private final List<ExportMenu.Origin> latestOrigins = new ArrayList<>();
  private final List<ExportMenu.Origin> earlierOrigins = new ArrayList<>();
  private final ReadOnlyBooleanWrapper leaving = new ReadOnlyBooleanWrapper(this, "leaving");
  private Tally current;
  private boolean first;
  private boolean unsaved;
  private final Set<String> models = new LinkedHashSet<>();
  private final ReadOnlyStringWrapper whose = new ReadOnlyStringWrapper(this, "whose", "");
  private final ReadOnlyStringWrapper note = new ReadOnlyStringWrapper(this, "note", "");

  /**
   * @param name of the page
   * @param inspect opens a run as it is told and turns to the page where it is looked at, unless
   *     the user would rather keep what is there
   */
  public ExperimentModel(String name, Lens lens, Consumer<Runnable> inspect) {
    this.name = name;
    this.lens = lens;
    this.inspect = inspect;
    campaign = lens.campaign();
    overlay.addListener((o, before, now) -> arrange());
    outcomes.addListener(this::named);
    lens.models().modelProperty().addListener((o, before, now) -> tellWhose());
  }

  /** Outcomes that are shown, those that failed included. */
  public ObservableList<Outcome> outcomes() {
    return outcomes;
  }

  /** How far it is, or why something could not be run. */
  public ReadOnlyStringProperty noteProperty() {
    return note.getReadOnlyProperty();
  }

  /** Says whose results are shown, where some are not of the model that is open. */
  public ReadOnlyStringProperty whoseProperty() {
    return whose.getReadOnlyProperty();
  }

  /** Thousands of results come one by one: only the new ones are looked at. */
  private void named(ListChangeListener.Change<? extends Outcome> change) {
    while (change.next()) {
      if (change.wasRemoved()) {
        models.clear();
        outcomes.forEach(o -> models.add(o.model()));
      } else {
        change.getAddedSubList().forEach(o -> models.add(o.model()));
      }
    }
    tellWhose();
  }

  private void tellWhose() {
    boolean open = models.stream().allMatch(lens.models().name()::equals);
    whose.set(open ? "" : "Results of " + String.join(" and ", models) + ".");
  }

  /** Runs these. Results that are there become earlier ones, once the first new one comes. */
  public void run(List<Trial> wanted, String command) {
    Tally tally = new Tally(wanted.size(), lens.files().origin(command));
    Gathered<Outcome> results = new Gathered<>(lens::show, some -> add(some, tally));
    campaign.run(
        name + ", " + Counted.of(wanted.size(), "run"),
        name + " is still running; start again? Its results so far stay, as earlier ones.",
        (loaded, session, turn) -> {
          lens.show(() -> begin(wanted, tally));
          for (List<Trial> group : Experiment.groups(wanted)) {
            Experiment.run(
                loaded,
                group,
                new Experiment.Listener() {
                  @Override
                  public void working(String what, double share) {
                    turn.at((tally.done.get() + Math.clamp(share, 0, 1)) / wanted.size());
                  }

                  @Override
                  public void done(Outcome outcome) {
                    tally.done.incrementAndGet();
                    results.add(outcome);
                  }

                  @Override
                  public void rested() {
                    turn.giveWay();
                  }
                },
                share -> turn.at((double) tally.done.get() / wanted.size()));
          }
        },
        end -> {
          results.tell();
          ended(end, tally);
        });
  }

  /** Ends what this page runs, if anything; tells whether it did. */
  public boolean cancel() {
    return campaign.cancel();
  }

  /** Whether this page's experiment runs or waits. */
  public BooleanBinding runningBinding() {
    return campaign.runningBinding();
  }

  /** What is to be said where there are no results: how to get some, or that they come. */
  public StringBinding hint(String how) {
    return Bindings.when(runningBinding())
        .then("The first results are on their way.")
        .otherwise(how);
  }

  /** How far an experiment is. */
  private static final class Tally {
    private final int wanted;
    private final ExportMenu.Origin origin;
    private final AtomicInteger done = new AtomicInteger();
    private int shown;
    private int failed;
    private String why = "";

    Tally(int wanted, ExportMenu.Origin origin) {
      this.wanted = wanted;
      this.origin = origin;
    }

    void count(Outcome outcome) {
      shown++;
      if (outcome.error() != null) {
        failed++;
        why = outcome.error();
      }
    }

    String told() {
      String all = shown + " of " + wanted + " runs";
      return failed == 0 ? all : failed + " of " + wanted + " runs failed: " + why;
    }
  }

  private void begin(List<Trial> wanted, Tally tally) {
    current = tally;
    first = true;
    leaving.set(!latest.isEmpty());
    wanted.forEach(t -> trials.put(t.key(), t));
    note.set(tally.told());
  }

  private void add(List<Outcome> some, Tally tally) {
    if (tally != current) {
      return;
    }
    if (first) {
      latest.forEach(o -> earlier.put(o.key(), o));
      latest.clear();
      earlierOrigins.addAll(latestOrigins);
      latestOrigins.clear();
      latestOrigins.add(tally.origin);
    }
    leaving.set(false);
    for (Outcome o : some) {
      tally.count(o);
      earlier.remove(o.key());
    }
    latest.addAll(some);
    unsaved = true;
    if (first || overlay.get()) {
      first = false;
      arrange();
    } else {
      outcomes.addAll(some);
      hasEarlier.set(!earlier.isEmpty());
    }
    note.set(tally.told());
  }

  private void arrange() {
    List<Outcome> shown = new ArrayList<>();
    if (overlay.get()) {
      shown.addAll(earlier.values());
    }
    shown.addAll(latest);
    outcomes.setAll(shown);
    hasEarlier.set(!earlier.isEmpty());
  }

  /** Whether earlier results are shown together with the latest. */
  public BooleanProperty overlayProperty() {
    return overlay;
  }

  /** Whether what is shown is of an earlier run, until the first result of this one comes. */
  public ReadOnlyBooleanProperty leavingProperty() {
    return leaving.getReadOnlyProperty();
  }

  /** Whether there are earlier results. */
  public ReadOnlyBooleanProperty hasEarlierProperty() {
    return hasEarlier;
  }

  /** One that another has replaced before it began has nothing to tell. */
  private void ended(Job.End end, Tally tally) {
    if (tally != current) {
      return;
    }
    leaving.set(false);
    if (!(end instanceof Job.End.Done)) {
      note.set("Ended after " + tally.told());
    } else if (tally.failed > 0) {
      lens.said().fail(campaign, tally.told());
    } else {
      lens.said().say(campaign, name + " is done: " + tally.told());
    }
  }

  /** Where the results that are shown come from. */
  public ExportMenu.Origin origin() {
    List<ExportMenu.Origin> all = new ArrayList<>(latestOrigins);
    if (overlay.get()) {
      all.addAll(earlierOrigins);
    }
    return () -> {
      StringBuilder comments = new StringBuilder();
      for (ExportMenu.Origin o : all) {
        comments.append(o.comment());
      }
      return comments.toString();
    };
  }

  /**
   * The latest results are on their way to a file; what is returned is done once they are there.
   */
  public Runnable keeping() {
    List<Outcome> taken = List.copyOf(latest);
    return () -> unsaved &= !taken.equals(latest);
  }

  /** Whether there are results that no table holds. */
  public boolean isUnsaved() {
    return unsaved;
  }

  /** Forgets all results. */
  public void clear() {
    unsaved = false;
    latest.clear();
    earlier.clear();
    latestOrigins.clear();
    earlierOrigins.clear();
    arrange();
    note.set("");
    lens.said().over(campaign);
  }

  /**
   * Runs a trial again where it can be looked at: an answer at the step where it goes wrong, a text
   * where the cache's prediction is farthest from the full cache's.
   */
  public void open(Outcome outcome) {
    Trial trial = trials.get(outcome.key());
    if (trial == null || isOfAnother(trial)) {
      return;
    }
    inspect.accept(
        () -> {
          // Another may have been opened while this waited for an answer.
          if (!isOfAnother(trial)) {
            LoadedModel its = lens.models().modelProperty().get().loaded();
            lens.openRun(
                "Opening the run", (loaded, progress) -> open(loaded, its, trial, progress));
          }
        });
  }

  /** Tells so, if it is. */
  private boolean isOfAnother(Trial trial) {
    boolean another = !trial.model().equals(lens.models().name());
    if (another) {
      lens.said().fail(campaign, another(trial));
    }
    return another;
  }

  private static String which(Trial t) {
    return t.task().name()
        + (t.task().seeded() ? ", seed " + t.seed() : "")
        + ", "
        + t.contender().label()
        + ", "
        + t.budget()
        + " slots";
  }

  private static String another(Trial trial) {
    return "This is a result of " + trial.model() + "; open that model to look at it.";
  }

  private static Lens.RunMaker.Made open(
      LoadedModel loaded, LoadedModel its, Trial trial, Progress progress) throws Exception {
    if (loaded != its) {
      // It was opened while this waited for its turn.
      throw new IllegalStateException(another(trial));
    }
    Task.Tokens tokens = trial.task().tokens(loaded.model(), trial.seed(), share -> progress.at(0));
    Session s =
        Session.start(
            loaded.model(),
            loaded.pass(),
            tokens.text(),
            trial.choice(),
            Sampling.GREEDY,
            Session.Detail.COMPARED,
            share -> progress.at(share / 2));
    int[] next = tokens.continuation();
    if (tokens.first() > 0) {
      String words = trial.task() instanceof Task.AskedTask a ? a.words() : tokens.lead();
      s.ask(tokens.lead(), words, step -> progress.at(0.5));
    }
    int shown = 0;
    double most = -1;
    boolean wrong = false;
    int steps = trial.task().asks() ? next.length : Math.min(next.length, TEXT_STEPS);
    for (int i = tokens.first(); i < steps && s.canStep(); i++) {
      progress.at(0.5 + (double) i / steps / 2);
      boolean answers = trial.task().asks();
      Step step = answers ? s.step() : s.feed(next[i]);
      if (answers && !wrong) {
        wrong = step.token().id() != next[i];
        shown = step.index();
      } else if (!answers && step.divergence() > most) {
        most = step.divergence();
        shown = step.index();
      }
    }
    // A text comes again as it is, an answer as it comes.
    int chosen = trial.task().asks() ? s.run().said() : s.run().steps().size() - 1;
    String answer = trial.task().asks() ? answer(loaded, tokens) : "";
    String right = answer.isEmpty() ? "" : "; right is “" + answer + "”";
    return new Lens.RunMaker.Made(s, shown, chosen, "Opened: " + which(trial) + right, answer);
  }

  private static String answer(LoadedModel loaded, Task.Tokens tokens) {
    int[] all = tokens.continuation();
    int[] measured = Arrays.copyOfRange(all, tokens.first(), all.length);
    return loaded.model().tokenizer().decode(measured).strip();
  }
}
