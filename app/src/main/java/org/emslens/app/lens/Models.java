package org.emslens.app.lens;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.emslens.cli.Failures;
import org.emslens.engine.LoadedModel;
import org.emslens.hub.Catalogue;

/** Loading models; another one takes the place of the open one only once it is loaded whole. */
public final class Models {
  private static final String DEFAULT_FILE = defaultFile();
  private static final String PROCESSOR = "cpu";
  private static final String DEFAULT = "Looking for the default model";

  private final Jobs jobs;
  private final Said said;
  private final OpenSession open;
  private final ModelNames names = new ModelNames();
  private final ReadOnlyObjectWrapper<Open> model = new ReadOnlyObjectWrapper<>(this, "model");
  private final StringProperty device = new SimpleStringProperty(this, "device");
  private Runnable chooseFile = () -> {};

  /**
   * A model that is open, as the window sees it.
   *
   * @param name that results have for it, which no other model of this window has
   */
  public record Open(LoadedModel loaded, String name) {

    public String title() {
      return loaded.model().title();
    }

    /** Where it is read from. */
    public Path path() {
      return loaded.model().path();
    }

    /** What it runs on. */
    public String device() {
      return loaded.pass().device();
    }

    /** How the command line calls it; null for the model that is meant where none is named. */
    public String argument() {
      Path path = loaded.model().path();
      return path.getFileName().toString().equals(DEFAULT_FILE) ? null : path.toString();
    }
  }

  private interface Loader {
    LoadedModel load(String device, Job.Turn turn) throws IOException;
  }

  Models(Jobs jobs, Said said, OpenSession open) {
    this.jobs = jobs;
    this.said = said;
    this.open = open;
    said.onDeviceFailure(
        () -> {
          Open now = model.get();
          boolean elsewhere = now != null && !now.loaded().device().id().equals(PROCESSOR);
          return elsewhere
              ? List.of(onProcessor("Go on with the processor", () -> open(now.path())))
              : List.of();
        });
  }

  private Notice.Answer onProcessor(String label, Runnable then) {
    return new Notice.Answer(
        "use-processor",
        label,
        () -> {
          device.set(PROCESSOR);
          then.run();
        });
  }

  /** The file of the model that is opened where nobody names one. */
  public static String defaultFile() {
    try {
      return Catalogue.shipped().defaultEntry().file();
    } catch (IOException e) {
      throw new IllegalStateException("The program's own catalogue cannot be read.", e);
    }
  }

  /** Another file, where one could not be opened. */
  Notice.Answer another() {
    return new Notice.Answer("choose-file", "Choose a file …", () -> chooseFile.run());
  }

  /** How the user is asked for a file where loading failed. */
  public void onChooseFile(Runnable choose) {
    chooseFile = choose;
  }

  /** What the open model is called; empty where there is none. */
  public String title() {
    return model.get() == null ? "" : model.get().title();
  }

  /** What results call the open model; empty where there is none. */
  public String name() {
    return model.get() == null ? "" : model.get().name();
  }

  /** The open model, or null. */
  public ReadOnlyObjectProperty<Open> modelProperty() {
    return model.getReadOnlyProperty();
  }

  /** The id of what models are loaded on from now on; null for the best there is. */
  public StringProperty deviceProperty() {
    return device;
  }

  /** Loads a model file or folder. */
  void open(Path path) {
    load("Loading " + path.getFileName(), (on, turn) -> OpenModel.open(path, on, turn));
  }

  /** Loads the default model, fetched if it is missing. */
  void openDefault() {
    load(DEFAULT, OpenModel::openDefault);
  }

  private void load(String what, Loader loader) {
    Campaign.askToEnd(
        jobs,
        said,
        Campaign.other(jobs, what)
            + "Results of Sweep and Needle stay; a comparison goes with its model.",
        () -> loadNow(what, loader));
  }

  private void loadNow(String what, Loader loader) {
    String on = device.get();
    Open[] made = new Open[1];
    said.over(Said.Subject.MODEL);
    said.over(Said.Subject.FILE);
    said.say(
        Said.Subject.MODEL,
        jobs.has(JobKind.LOAD) ? what + "; ended: " + jobs.title(JobKind.LOAD) : what);
    jobs.start(
        JobKind.LOAD,
        what,
        turn -> {
          LoadedModel loaded = loader.load(on, turn);
          made[0] = new Open(loaded, names.of(loaded.model()));
        },
        end -> {
          switch (end) {
            case Job.End.Done d -> loaded(made[0]);
            case Job.End.Cancelled c -> {
              if (made[0] != null) {
                Thread.ofVirtual().start(() -> close(made[0].loaded()));
              }
              if (!jobs.has(JobKind.LOAD)) {
                failed("Loading was cancelled.", false, what, loader);
              }
            }
            case Job.End.Failed f -> failed(f.why(), f.ofDevice(), what, loader);
          }
        });
  }

  private void failed(String why, boolean ofDevice, String what, Loader loader) {
    List<Notice.Answer> answers = new ArrayList<>();
    answers.add(new Notice.Answer("retry", "Retry", () -> load(what, loader)));
    answers.add(another());
    if (ofDevice && !PROCESSOR.equals(device.get())) {
      answers.add(onProcessor("Use the processor", () -> load(what, loader)));
    }
    if (ofDevice && device.get() != null) {
      answers.add(
          new Notice.Answer(
              "best-device",
              "Use the best device",
              () -> {
                device.set(null);
                load(what, loader);
              }));
    }
    if (model.get() == null && !what.equals(DEFAULT)) {
      answers.add(new Notice.Answer("default-model", "Default model", this::openDefault));
    }
    said.say(Said.Subject.MODEL, model.get() == null ? "No model is open" : "");
    said.fail(Said.Subject.MODEL, why, answers);
  }

  /** A campaign that began meanwhile may end first. */
  private void loaded(Open made) {
    Job now = jobs.current(JobKind.CAMPAIGN);
    if (now == null) {
      install(made);
      return;
    }
    said.say(
        Said.Subject.MODEL, made.title() + " waits for the end of: " + now.titleProperty().get());
    said.ask(
        now,
        made.title()
            + " is loaded, and is opened once this has ended: "
            + now.titleProperty().get()
            + ".",
        List.of(
            new Notice.Answer("ask-no", "Let it go on", () -> {}),
            new Notice.Answer("ask-yes", "End it", now::cancel)));
    jobs.onceEnded(now, () -> loaded(made));
  }

  private static void close(LoadedModel made) {
    try {
      made.close();
    } catch (IOException e) {
      Failures.log(e);
    }
  }

  /** Generating with the model before ends first, where it next gives way. */
  private void install(Open made) {
    String ended = jobs.has(JobKind.GENERATE) ? "; generating ended" : "";
    jobs.end(JobKind.GENERATE);
    jobs.start(
        JobKind.INSTALL,
        "Opening " + made.title(),
        turn -> open.install(made.loaded()),
        end ->
            said.ended(
                Said.Subject.MODEL, end, () -> model.set(made), made.title() + " is open" + ended));
  }
}
