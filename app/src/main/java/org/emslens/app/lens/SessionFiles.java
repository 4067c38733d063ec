package org.emslens.app.lens;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import javafx.beans.value.ObservableValue;
import org.emslens.app.controls.Endings;
import org.emslens.app.controls.ExportMenu;
import org.emslens.session.CommandText;
import org.emslens.session.Manifest;
import org.emslens.session.Recording;
import org.emslens.session.Run;

/** Sessions to files and back, and which of them are nowhere but on the screen. */
public final class SessionFiles {
  /** What a session's file is called at its end. */
  public static final String ENDING = ".emslens";

  private final Jobs jobs;
  private final Said said;
  private final ObservableValue<Run> run;
  private final Models models;
  private Run kept;
  private Runnable waiting;

  SessionFiles(Jobs jobs, Said said, ObservableValue<Run> run, Models models) {
    this.jobs = jobs;
    this.said = said;
    this.run = run;
    this.models = models;
  }

  /** Reads a recording, and hands it over on the screen's thread. */
  void read(Path file, Consumer<Run> then) {
    Run[] made = new Run[1];
    jobs.start(
        JobKind.OPEN,
        "Opening " + file.getFileName(),
        turn -> made[0] = Recording.read(file),
        end -> said.ended(end, () -> then.accept(made[0]), "Opened " + file.getFileName()));
  }

  /** Saves the session that is shown, as it is now. */
  public void save(Path file) {
    Run shown = run.getValue();
    if (shown == null) {
      return;
    }
    Path target = Endings.with(file, ENDING);
    Models.Open open = models.modelProperty().get();
    Run before = kept;
    kept = shown;
    write(
        target,
        turn -> Recording.write(shown, manifest(shown, open), target, turn),
        end -> {
          if (!(end instanceof Job.End.Done) && kept == shown) {
            kept = before;
          }
        });
  }

  /**
   * Writes a file in the background; it is never dropped, and closing waits for it.
   *
   * @param ended told how it ended, after the user was
   */
  public void write(Path file, Job.Work work, Consumer<Job.End> ended) {
    jobs.start(
        JobKind.WRITE,
        "Saving " + file.getFileName(),
        work,
        end -> {
          switch (end) {
            case Job.End.Done d -> said.say("Saved to " + file);
            case Job.End.Cancelled c -> said.fail(file + " was not saved: it was cancelled.");
            case Job.End.Failed f -> said.fail("Not saved. " + f.why());
          }
          ended.accept(end);
          goOn(end instanceof Job.End.Done);
        });
  }

  private static Manifest manifest(Run run, Models.Open open) throws IOException {
    return open != null && run.madeBy(open.loaded().model())
        ? Manifest.of(open.loaded(), CommandText.run(run, open.argument()))
        : Manifest.without(run.model(), CommandText.run(run, null));
  }

  /**
   * What stands at the top of a table that is exported: where its numbers come from.
   *
   * @param command the line that repeats them
   * @return called off the screen's thread
   */
  public ExportMenu.Origin origin(String command) {
    Models.Open open = models.modelProperty().get();
    String unknown = run.getValue() == null ? "" : run.getValue().model();
    return () ->
        (open == null ? Manifest.without(unknown, command) : Manifest.of(open.loaded(), command))
            .comment();
  }

  /** Writes what a page exports. */
  public void export(Path file, ExportMenu.Content content) {
    write(file, turn -> content.write(file), end -> {});
  }

  /** A run that is in a file already. */
  void keep(Run r) {
    kept = r;
  }

  /** Whether the shown session has generated tokens that no file holds. */
  public boolean isUnsaved() {
    Run r = run.getValue();
    return r != null && r.steps().size() > 1 && (kept == null || !r.steps().equals(kept.steps()));
  }

  /** Does something once all that is being written is written; not at all where that fails. */
  public void whenWritten(Runnable then) {
    waiting = then;
    goOn(true);
  }

  private void goOn(boolean written) {
    if (!written) {
      waiting = null;
    } else if (waiting != null && !jobs.has(JobKind.WRITE)) {
      waiting.run();
    } else if (waiting != null) {
      said.say("Closing once all is written");
    }
  }
}
