package org.emslens.app.lens;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.ListChangeListener;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.engine.RepetitionMap;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Sampling;
import org.emslens.session.Session;

/**
 * What the window shows and can be asked to do. Properties change on the screen's thread only, and
 * everything is asked there; what takes time is a job.
 */
public final class Lens implements AutoCloseable {
  static final String READ = "Read; press Step";
  private static final String AHEAD = "Taken for the prompt that is written, once it is run";
  private static final String LEFT = "; the run before is among the branches";

  private final Executor screen;
  private final Jobs jobs;
  private final OpenSession open = new OpenSession(this::publish);
  private final Selection selection = new Selection();
  private final Said said = new Said();
  private final Settings settings = new Settings();
  private final Branches branches = new Branches();
  private final SessionFiles files;
  private final Models models;
  private final Generation generation;
  private final ObjectProperty<Run> run = new SimpleObjectProperty<>(this, "run");
  private final ReadOnlyObjectWrapper<View> view = new ReadOnlyObjectWrapper<>(this, "view");
  private final BooleanProperty compare = new SimpleBooleanProperty(this, "compare", true);
  private final ReadOnlyObjectWrapper<Opened> opened = new ReadOnlyObjectWrapper<>(this, "opened");
  private final ReadOnlyBooleanWrapper opening = new ReadOnlyBooleanWrapper(this, "opening");
  private final BooleanBinding reading;
  private final BooleanBinding planning;

  /** Of the newest compression. */
  private Choosing choosing;

  private final ReadOnlyBooleanWrapper asking = new ReadOnlyBooleanWrapper(this, "asking");

  /** Whether the newest step is looked at, so that the next one is to be as well. */
  private boolean following = true;

  private final BooleanBinding canBranch;
  private final BooleanBinding canGoOn;

  /**
   * @param screen runs what changes what is shown: Platform::runLater
   */
  public Lens(Executor screen) {
    this.screen = screen;
    jobs = new Jobs(screen);
    models = new Models(jobs, said, open);
    generation = new Generation(this, open, screen);
    files = new SessionFiles(jobs, said, run, models, branches);
    reading = Bindings.createBooleanBinding(() -> jobs.has(JobKind.READ), jobs.running());
    planning = Bindings.createBooleanBinding(() -> jobs.has(JobKind.PLAN), jobs.running());
    canBranch = Bindings.createBooleanBinding(this::decodes, run, models.modelProperty(), reading);
    canGoOn = Bindings.createBooleanBinding(this::goesOn, run, canBranch);
    run.addListener((o, before, now) -> refresh());
    selection.stepProperty().addListener((o, before, now) -> stepped(now.intValue()));
    selection.layerProperty().addListener((o, before, now) -> refresh());
    selection.headProperty().addListener((o, before, now) -> refresh());
    settings.onChange(this::replan);
    settings.aheadProperty().addListener((o, before, now) -> settle());
    jobs.running().addListener((ListChangeListener<Job>) this::ended);
  }

  private void stepped(int step) {
    following = run.get() == null || step >= run.get().steps().size() - 1;
    refresh();
  }

  /** What was said or asked of a job goes with it; a new one shows that the user has gone on. */
  private void ended(ListChangeListener.Change<? extends Job> c) {
    while (c.next()) {
      c.getRemoved().forEach(said::over);
      if (c.getAddedSubList().stream().anyMatch(j -> j.kind() != JobKind.GENERATE)) {
        said.goesOn();
      }
    }
  }

  private void refresh() {
    Run r = run.get();
    if (r == null) {
      view.set(null);
      return;
    }
    int step = Math.clamp(selection.stepProperty().get(), 0, r.steps().size() - 1);
    int layer = Math.clamp(selection.layerProperty().get(), 0, r.config().layers() - 1);
    int head = Math.clamp(selection.headProperty().get(), 0, r.config().heads() - 1);
    View next = new View(r, step, layer, head);
    if (!next.equals(view.get())) {
      view.set(next);
    }
  }

  private boolean goesOn() {
    return canBranch.get() && !run.get().ended();
  }

  private boolean decodes() {
    Run r = run.get();
    Models.Open model = models.modelProperty().get();
    return r != null
        && !reading.get()
        && (r.canDecode() || model != null && r.madeBy(model.loaded().model()));
  }

  /** Opens a model file or folder; what is open stays where that fails. */
  public void open(Path path) {
    models.open(path);
  }

  /**
   * Opens a recording.
   *
   * @param then done on the screen's thread once it is shown
   * @param failed told why, where it cannot be read, after the user was
   */
  public void openRecording(Path path, Runnable then, Consumer<String> failed) {
    files.read(path, "Opening " + path.getFileName(), recorded -> show(recorded, then), failed);
  }

  /**
   * Reads a recording.
   *
   * @param then given what shows it, on the screen's thread; not where it cannot be read, which the
   *     user is told
   */
  public void readRecording(Path path, Consumer<Runnable> then) {
    files.read(
        path,
        "Opening " + path.getFileName(),
        recorded -> then.accept(() -> show(recorded, () -> {})),
        why -> {});
  }

  /**
   * Opens a recording to look at while something better is on its way; not where that was faster.
   *
   * @param then done on the screen's thread once it is read, whether it is shown or not
   */
  public void openMeanwhile(Path path, Runnable then) {
    files.read(
        path,
        "Opening a recorded session",
        recorded -> {
          if (run.get() == null && !jobs.has(JobKind.READ)) {
            show(recorded, then);
          } else {
            then.run();
          }
        },
        why -> {});
  }

  private void show(Run recorded, Runnable then) {
    cancel();
    said.over(Said.Subject.RUN);
    jobs.start(
        JobKind.INSTALL,
        "Showing a recording",
        turn -> {
          open.show(Session.of(recorded), OpenSession.Look.NEWEST);
          screen.execute(
              () -> {
                settings.take(recorded.choice(), recorded.sampling());
                showNew(new Opened(recorded, ""));
                then.run();
              });
        },
        end -> said.ended(Said.Subject.RUN, end, () -> {}));
  }

  /** Opens the default model, fetched if it is missing. */
  public void openDefault() {
    models.openDefault();
  }

  private void showNew(Opened o) {
    branches.clear();
    files.keep(o.run());
    run.set(o.run());
    selection.stepProperty().set(o.run().steps().size() - 1);
    tell(o);
  }

  /** The prompt that is shown is not one that the user has just written. */
  void tell(Opened o) {
    opened.set(o);
  }

  Session.Detail detail() {
    return compare.get() ? Session.Detail.COMPARED : Session.Detail.STEPS;
  }

  /**
   * Runs a prompt, plain or as a chat turn, and shows what comes before its first answer.
   *
   * @param failed done on the screen's thread where it comes to nothing
   */
  public void start(Asked asked, Runnable failed) {
    start(asked, READ, failed);
  }

  private void start(Asked asked, String done, Runnable failed) {
    CacheChoice wanted = settings.choice();
    Sampling how = settings.sampling();
    Session.Detail beside = detail();
    String ends = endsGenerating();
    String kept = files.isUnsaved() ? LEFT : "";
    jobs.end(JobKind.GENERATE);
    endPlan();
    said.say(Said.Subject.RUN, "Reading the prompt" + ends);
    jobs.start(
        JobKind.READ,
        "Reading the prompt",
        turn -> {
          Run left = open.session() == null ? null : open.left();
          int chosen = open.chosen();
          open.read(asked, wanted, how, beside, turn);
          String whole = open.session().run().promptText();
          screen.execute(
              () -> {
                branches.name(whole, asked.text());
                // What is in a file can be opened again.
                if (left != null && files.isUnsaved(left)) {
                  branches.add(left, chosen);
                }
              });
        },
        end -> {
          said.ended(Said.Subject.RUN, end, this::rehearse, done + kept);
          stopped(end);
          if (!(end instanceof Job.End.Done)) {
            failed.run();
          }
          settle();
        });
  }

  /** Nobody is told that something goes on which was stopped. */
  private void stopped(Job.End end) {
    if (end instanceof Job.End.Cancelled && !jobs.has(JobKind.READ)) {
      said.over(Said.Subject.RUN);
    }
  }

  private String endsGenerating() {
    return jobs.has(JobKind.GENERATE) && run.get() != null
        ? "; generating ended at " + (run.get().steps().size() - 1) + " tokens"
        : "";
  }

  /** While the user looks at the first picture; anything else to do goes first. */
  private void rehearse() {
    jobs.start(
        JobKind.REHEARSAL,
        "Rehearsing",
        turn -> {
          if (open.session() != null) {
            open.session().rehearse(turn);
          }
        },
        end -> {});
  }

  /** The same with settings of its own. */
  public void startWith(Asked asked, CacheChoice own, Runnable failed) {
    boolean others = false;
    if (settings.areChosen()) {
      others = settings.move(own, settings.sampling());
    } else {
      settings.take(own, settings.sampling());
    }
    start(
        asked,
        others ? "Read with the sample's policy and budget; undo brings yours back" : READ,
        failed);
  }

  void lookAtNewest() {
    if (run.get() != null) {
      selection.stepProperty().set(run.get().steps().size() - 1);
      following = true;
    }
  }

  /**
   * Plans the prompt's compression anew and generates again what was there; the newest choice wins.
   */
  private void replan() {
    Run shown = run.get();
    said.over(Said.Subject.RUN);
    said.faultsOver();
    if (shown == null) {
      return;
    }
    CacheChoice wanted = settings.choice();
    Sampling how = reading.get() ? settings.sampling() : settings.samplingOf(shown);
    boolean ahead = !how.equals(settings.sampling());
    if (ahead && wanted.equals(shown.choice()) && !planning.get()) {
      said.say(Said.Subject.RUN, AHEAD);
      return;
    }
    Choosing.Wanted newest = new Choosing.Wanted(wanted, how, detail());
    if (planning.get() && choosing.replace(newest)) {
      return;
    }
    Choosing begun = new Choosing(newest, shown.prompt().size());
    choosing = begun;
    asking.set(begun.asks(shown.prefill().scores()));
    jobs.start(
        JobKind.PLAN,
        "Compressing",
        turn -> open.choose(begun, turn),
        end -> {
          if (choosing == begun) {
            asking.set(false);
          }
          planned(end);
          settle();
        });
  }

  private void planned(Job.End end) {
    if (end instanceof Job.End.Failed f) {
      said.failed(Said.Subject.RUN, f);
      stopPlan();
    } else if (end instanceof Job.End.Done && said.isQuiet()) {
      said.say(Said.Subject.RUN, "Ready");
    }
  }

  /** What was chosen but not carried out, and will not be, is not what the controls show. */
  void settle() {
    Run r = run.get();
    if (r != null && !jobs.has(JobKind.PLAN) && !jobs.has(JobKind.READ)) {
      settings.follow(r);
    }
  }

  /** What a page does that takes long. */
  public Campaign campaign() {
    return new Campaign(jobs, said, open, this::detail);
  }

  /**
   * Makes a session by a job of the session's kind, and shows it at one of its steps.
   *
   * @param maker called on the engine's thread
   */
  public void openRun(String what, RunMaker maker) {
    RunMaker.Made[] made = new RunMaker.Made[1];
    said.over(Said.Subject.RUN);
    jobs.end(JobKind.GENERATE);
    endPlan();
    opening.set(true);
    jobs.start(
        JobKind.READ,
        what,
        turn -> {
          RunMaker.Made m = maker.make(open.model(), turn);
          made[0] = m;
          Run now = m.session().run();
          open.show(m.session(), m.chosen(), OpenSession.Look.STAY);
          screen.execute(
              () -> {
                opening.set(false);
                settings.move(now.choice(), now.sampling());
                showNew(new Opened(now, m.look()));
                selection.stepProperty().set(m.step());
              });
        },
        end -> {
          opening.set(false);
          said.ended(Said.Subject.RUN, end, () -> said.say(Said.Subject.RUN, made[0].told()));
        });
  }

  /**
   * Has the open model read the open prompt once more, told to repeat it; a recording's is read
   * again for that.
   *
   * @param made given what its heads looked at, on the screen's thread
   * @param ended told how it ended, after that
   */
  public Job repeat(Consumer<RepetitionMap> made, Consumer<Job.End> ended) {
    Session.Detail beside = detail();
    RepetitionMap[] map = new RepetitionMap[1];
    return jobs.start(
        JobKind.REPEAT,
        "Repeating the prompt",
        turn -> {
          open.wake(beside, turn);
          map[0] = open.session().repeat(turn);
        },
        end -> {
          said.ended(Said.Subject.RUN, end, () -> made.accept(map[0]));
          ended.accept(end);
        });
  }

  /** Makes a session to look at. */
  @FunctionalInterface
  public interface RunMaker {
    /**
     * @param step that is shown first
     * @param chosen how many of its tokens come again as they are under other settings
     * @param told what is said of it once it is shown
     * @param look as {@link Opened#look}
     */
    record Made(Session session, int step, int chosen, String told, String look) {}

    Made make(LoadedModel loaded, Progress progress) throws Exception;
  }

  /** Runs something on the screen's thread. */
  public void show(Runnable change) {
    screen.execute(change);
  }

  /**
   * Who looks back at an earlier step while tokens come is left there; who looks at the newest one
   * does so afterwards, however many steps a change took back meanwhile.
   */
  private void publish(Run now, OpenSession.Look look) {
    screen.execute(
        () -> {
          run.set(now);
          if (following || look == OpenSession.Look.NEWEST) {
            lookAtNewest();
          }
        });
  }

  /**
   * Stops reading, generating and compressing; what was done by then stays.
   *
   * @return whether there was anything to stop
   */
  public boolean cancel() {
    List<Job> ends =
        Stream.of(JobKind.PLAN, JobKind.GENERATE, JobKind.READ, JobKind.REPEAT)
            .map(jobs::current)
            .filter(Objects::nonNull)
            .toList();
    ends.forEach(this::stop);
    return !ends.isEmpty();
  }

  /** Stops a job. A compression that is stopped does not go on with the next one. */
  public void stop(Job job) {
    job.cancel();
    if (job.kind() == JobKind.PLAN) {
      stopPlan();
    }
  }

  private void stopPlan() {
    jobs.start(JobKind.INSTALL, "Stopping", turn -> open.stop(), end -> {});
  }

  /** What replaces the run ends its compression; where that then fails, the run is as stopped. */
  private void endPlan() {
    if (jobs.has(JobKind.PLAN)) {
      jobs.end(JobKind.PLAN);
      jobs.start(JobKind.INSTALL, "Stopping", turn -> open.interrupt(), end -> {});
    }
  }

  public Jobs jobs() {
    return jobs;
  }

  public Selection selection() {
    return selection;
  }

  /** What is said to the user. */
  public Said said() {
    return said;
  }

  /** Policy, switches, budget and sampling; setting them re-plans. */
  public Settings settings() {
    return settings;
  }

  /** What goes on from the shown run. */
  public Generation generation() {
    return generation;
  }

  /** Runs that were left for others. */
  public Branches branches() {
    return branches;
  }

  /** Saving and what is saved. */
  public SessionFiles files() {
    return files;
  }

  /** The open model. */
  public Models models() {
    return models;
  }

  public ReadOnlyObjectProperty<View> viewProperty() {
    return view.getReadOnlyProperty();
  }

  public ObjectProperty<Run> runProperty() {
    return run;
  }

  /** Whether every step also asks the full cache; takes effect with the next prompt. */
  public BooleanProperty compareProperty() {
    return compare;
  }

  /** Whether a prompt is being read, so that what is shown is about to be replaced. */
  public BooleanBinding readingBinding() {
    return reading;
  }

  /** Whether a run is being compressed anew, and generated again as far as it was. */
  public BooleanBinding planningBinding() {
    return planning;
  }

  /** Whether a token can be generated after the last step: by a recording's own model, too. */
  public BooleanBinding canGoOnBinding() {
    return canGoOn;
  }

  /** Likewise after some step, with another token than the one that came. */
  public BooleanBinding canBranchBinding() {
    return canBranch;
  }

  /** The run that was opened last, or null. */
  public ReadOnlyObjectProperty<Opened> openedProperty() {
    return opened.getReadOnlyProperty();
  }

  /** Whether a choice is on its way that the model has to be asked for. */
  public ReadOnlyBooleanProperty askingProperty() {
    return asking.getReadOnlyProperty();
  }

  /** Whether a run is about to be shown that the prompt at the left is not of. */
  public ReadOnlyBooleanProperty openingProperty() {
    return opening.getReadOnlyProperty();
  }

  @Override
  public void close() {
    jobs.close(turn -> open.close());
    run.set(null);
  }
}
