package org.emslens.app.main;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.emslens.engine.LoadedEngine;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.session.CacheChoice;
import org.emslens.session.Recording;
import org.emslens.session.Run;
import org.emslens.session.Sampling;
import org.emslens.session.Session;
import org.emslens.text.ChatMessage;

/**
 * What the window shows and can be asked to do. Properties change on the screen's thread only;
 * everything that takes time goes to the engine's thread, where `model`, `engine` and `session`
 * live.
 */
public final class Lens implements AutoCloseable {
  private static final long PUBLISH_EVERY_NANOS = 60_000_000;

  private final EngineThread thread;
  private final Selection selection = new Selection();
  private final ObjectProperty<Run> run = new SimpleObjectProperty<>(this, "run");
  private final ReadOnlyObjectWrapper<View> view = new ReadOnlyObjectWrapper<>(this, "view");
  private final ObjectProperty<CacheChoice> choice =
      new SimpleObjectProperty<>(this, "choice", CacheChoice.DEFAULT);
  private final ObjectProperty<Sampling> sampling =
      new SimpleObjectProperty<>(this, "sampling", Sampling.GREEDY);
  private final BooleanProperty compare = new SimpleBooleanProperty(this, "compare", true);
  private final BooleanProperty modelReady = new SimpleBooleanProperty(this, "modelReady");
  private final BooleanProperty busy = new SimpleBooleanProperty(this, "busy");
  private final DoubleProperty progress = new SimpleDoubleProperty(this, "progress", 1);
  private final StringProperty message = new SimpleStringProperty(this, "message", "");
  private final StringProperty error = new SimpleStringProperty(this, "error", "");
  private final StringProperty modelTitle = new SimpleStringProperty(this, "modelTitle", "");
  private final StringProperty backend = new SimpleStringProperty(this, "backend", "");
  private final StringProperty opened = new SimpleStringProperty(this, "opened", "");
  private final OpenModel openModel = new OpenModel();
  private Session session;
  private boolean silent;

  /**
   * Steps that a re-planned run is generated to again, however often it was interrupted on the way.
   */
  private int wantedSteps;

  public Lens(EngineThread thread) {
    this.thread = thread;
    run.addListener((o, before, now) -> refresh());
    selection.stepProperty().addListener((o, before, now) -> refresh());
    selection.layerProperty().addListener((o, before, now) -> refresh());
    selection.headProperty().addListener((o, before, now) -> refresh());
    choice.addListener((o, before, now) -> changed());
    sampling.addListener((o, before, now) -> changed());
  }

  private void changed() {
    if (!silent) {
      replan();
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

  /** Opens a model file or folder, or a recording; what is open stays where that fails. */
  public void open(Path path) {
    if (path.toString().endsWith(".emslens")) {
      submit("Opening " + path.getFileName(), p -> openRecording(path));
    } else {
      submit(
          "Loading " + path.getFileName(),
          p -> {
            openModel.open(path, p);
            modelOpened();
          });
    }
  }

  /** Shows a recorded session at once, then opens the default model behind it. */
  public void showThenLoadDefault(Path recording) {
    submit(
        "Opening the recorded session",
        p -> {
          openRecording(recording);
          fetchDefault(p);
        });
  }

  /** Opens the default model, fetched if it is missing. */
  public void openDefault() {
    submit("Looking for the default model", this::fetchDefault);
  }

  private void fetchDefault(Progress p) throws IOException {
    openModel.openDefault(what -> show(() -> message.set(what)), p);
    modelOpened();
  }

  private void modelOpened() {
    session = null;
    LoadedEngine now = openModel.get();
    show(
        () -> {
          modelTitle.set(now.model().title());
          backend.set(now.engine().backend());
          modelReady.set(true);
        });
  }

  private void openRecording(Path path) throws IOException {
    Run recorded = Recording.read(path);
    session = Session.of(recorded);
    thread.show(() -> showNew(recorded));
  }

  private void showNew(Run r) {
    wantedSteps = 0;
    opened.set(r.promptText());
    quietly(
        () -> {
          choice.set(r.choice());
          sampling.set(r.sampling());
        });
    run.set(r);
    selection.stepProperty().set(r.steps().size() - 1);
    if (!modelReady.get()) {
      modelTitle.set(r.model() + " (recording)");
    }
  }

  private void quietly(Runnable change) {
    silent = true;
    try {
      change.run();
    } finally {
      silent = false;
    }
  }

  /** Runs a prompt, plain or as a chat turn, and shows step 0. */
  public void start(String prompt, boolean chat) {
    CacheChoice wanted = choice.get();
    Sampling how = sampling.get();
    Session.Detail beside = compare.get() ? Session.Detail.COMPARED : Session.Detail.STEPS;
    wantedSteps = 0;
    submit(
        "Reading the prompt",
        p -> {
          LoadedEngine loaded = openModel.get();
          String text = chat ? asChat(loaded.model(), prompt) : prompt;
          session = Session.start(loaded.model(), loaded.engine(), text, wanted, how, beside, p);
          publish(true);
        },
        this::rehearse);
  }

  /** While the user looks at the first picture; anything else to do goes first. */
  private void rehearse() {
    thread.submit(p -> session.rehearse(p), share -> {}, failure -> {});
  }

  private static String asChat(Model model, String prompt) {
    if (model.chat() == null) {
      throw new IllegalArgumentException(
          model.title() + " brings no chat template; send the prompt as plain text.");
    }
    return model.chat().render(List.of(new ChatMessage("user", prompt)));
  }

  /** The same with settings of its own. */
  public void startWith(String prompt, boolean chat, CacheChoice settings) {
    quietly(() -> choice.set(settings));
    start(prompt, chat);
  }

  /** Generates tokens after the last one and shows the newest. */
  public void step(int count) {
    wantedSteps = 0;
    submit(
        "Generating",
        p -> {
          requireModel();
          generate(session.run().steps().size() - 1 + count, true, p);
        });
  }

  /** Generates until there are so many steps, showing what there is now and then. */
  private void generate(int steps, boolean follow, Progress p) {
    int first = session.run().steps().size() - 1;
    long last = System.nanoTime();
    for (int i = first; i < steps && session.canStep(); i++) {
      p.at((double) (i - first) / (steps - first));
      session.step();
      if (System.nanoTime() - last > PUBLISH_EVERY_NANOS) {
        last = System.nanoTime();
        publish(follow);
      }
    }
    publish(follow);
  }

  /** Goes on from the shown step with another token. */
  public void branch(int index, int token) {
    wantedSteps = 0;
    submit(
        "Branching",
        p -> {
          requireModel();
          session.branch(index, token);
          publish(true);
        });
  }

  private void requireModel() {
    if (session == null || !session.canDecode()) {
      throw new IllegalStateException(
          "A recording cannot go on without its model; run a prompt first.");
    }
  }

  /**
   * Plans the prompt's compression anew and generates again what was there; the newest choice wins.
   */
  private void replan() {
    CacheChoice wanted = choice.get();
    Sampling how = sampling.get();
    Run shown = run.get();
    if (shown == null) {
      return;
    }
    int steps = Math.max(wantedSteps, shown.steps().size() - 1);
    wantedSteps = steps;
    submit(
        "Compressing",
        p -> {
          if (session == null) {
            return;
          }
          session.choose(wanted, how);
          publish(false);
          generate(steps, false, p);
        });
  }

  /** A job of a view's own, with what is open; on the engine's thread. */
  @FunctionalInterface
  public interface Work {

    /**
     * @param session what is shown, or null
     */
    void run(LoadedEngine loaded, Session session, Progress progress) throws Exception;
  }

  /** Runs such a job where a model is open; cancels what runs before. */
  public void work(String what, Work work) {
    wantedSteps = 0;
    submit(what, p -> work.run(openModel.get(), session, p));
  }

  /** Shows a session that such a job made, at one of its steps; on the engine's thread. */
  public void adopt(Session made, int step) {
    session = made;
    Run now = made.run();
    thread.show(
        () -> {
          showNew(now);
          selection.stepProperty().set(step);
        });
  }

  /** Runs something on the screen's thread. */
  public void show(Runnable change) {
    thread.show(change);
  }

  /** Saves the session that is shown. */
  public void save(Path file) {
    Run shown = run.get();
    if (shown != null) {
      submit("Saving " + file.getFileName(), p -> Recording.write(shown, file));
    }
  }

  private void publish(boolean follow) {
    Run now = session.run();
    thread.show(
        () -> {
          run.set(now);
          if (follow) {
            selection.stepProperty().set(now.steps().size() - 1);
          }
        });
  }

  private void submit(String what, EngineThread.Job job) {
    submit(what, job, () -> {});
  }

  private void submit(String what, EngineThread.Job job, Runnable afterSuccess) {
    busy.set(true);
    progress.set(0);
    message.set(what);
    error.set("");
    thread.submit(
        job,
        progress::set,
        failure -> {
          busy.set(false);
          progress.set(1);
          message.set(failure == null ? "Ready" : "");
          error.set(failure == null ? "" : failure);
          if (failure == null) {
            afterSuccess.run();
          }
        });
  }

  /** Says in the status line what a view has done by itself. */
  public void say(String what) {
    error.set("");
    message.set(what);
  }

  /** Says there, in one sentence, why a view could not do something. */
  public void fail(String why) {
    error.set(why);
  }

  /** Stops the running job; what was there before it stays. */
  public void cancel() {
    thread.cancel();
    busy.set(false);
    progress.set(1);
    message.set("Cancelled");
  }

  public Selection selection() {
    return selection;
  }

  public ReadOnlyObjectProperty<View> viewProperty() {
    return view.getReadOnlyProperty();
  }

  public ObjectProperty<Run> runProperty() {
    return run;
  }

  /** Policy, switches and budget; setting it re-plans. */
  public ObjectProperty<CacheChoice> choiceProperty() {
    return choice;
  }

  public ObjectProperty<Sampling> samplingProperty() {
    return sampling;
  }

  /** Whether every step also asks the full cache; takes effect with the next prompt. */
  public BooleanProperty compareProperty() {
    return compare;
  }

  public BooleanProperty modelReadyProperty() {
    return modelReady;
  }

  public BooleanProperty busyProperty() {
    return busy;
  }

  public DoubleProperty progressProperty() {
    return progress;
  }

  public StringProperty messageProperty() {
    return message;
  }

  /** Why the last job failed, in one sentence, or empty. */
  public StringProperty errorProperty() {
    return error;
  }

  public StringProperty modelTitleProperty() {
    return modelTitle;
  }

  /** The prompt of the run that was opened last, rather than written by the user. */
  public StringProperty openedProperty() {
    return opened;
  }

  public StringProperty backendProperty() {
    return backend;
  }

  @Override
  public void close() {
    thread.close();
  }
}
