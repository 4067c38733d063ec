package org.emslens.app.lens;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.beans.value.ObservableValue;
import org.emslens.app.controls.Endings;
import org.emslens.app.controls.ExportMenu;
import org.emslens.format.BadFileException;
import org.emslens.session.CommandText;
import org.emslens.session.Manifest;
import org.emslens.session.Recording;
import org.emslens.session.Run;

/** Sessions to files and back, and which of them are nowhere but on the screen. */
public final class SessionFiles {
  /** What a session's file is called at its end. */
  private static final long MOST_TEXT = 1_000_000;

  private final Jobs jobs;
  private final Said said;
  private final ObservableValue<Run> run;
  private final Models models;
  private final Branches branches;
  private final List<Run> writing = new ArrayList<>();

  /** Files that are being written, each with what waits until it is whole. */
  private final Map<Path, List<Runnable>> onceWritten = new HashMap<>();

  /** Runs on the shown prompt that are in a file. */
  private final List<Run> kept = new ArrayList<>();

  private Runnable waiting;
  private Runnable instead;

  SessionFiles(Jobs jobs, Said said, ObservableValue<Run> run, Models models, Branches branches) {
    this.jobs = jobs;
    this.said = said;
    this.run = run;
    this.models = models;
    this.branches = branches;
  }

  /**
   * Reads a recording, and hands it over, or why not, on the screen's thread. One that is just
   * being saved is read once it is whole.
   */
  void read(Path file, String title, Consumer<Run> then, Consumer<String> failed) {
    List<Runnable> waits = onceWritten.get(key(file));
    if (waits != null) {
      waits.add(() -> read(file, title, then, failed));
      return;
    }
    Run[] made = new Run[1];
    said.over(Said.Subject.FILE);
    said.over(Said.Subject.MODEL);
    jobs.start(
        JobKind.OPEN,
        title,
        turn -> made[0] = Recording.read(file),
        end -> {
          opened(end, () -> then.accept(made[0]));
          if (end instanceof Job.End.Failed f) {
            failed.accept(f.why());
          }
        });
  }

  private void opened(Job.End end, Runnable then) {
    if (end instanceof Job.End.Failed f) {
      said.fail(Said.Subject.FILE, f.why(), List.of(models.another()));
    } else {
      said.ended(Said.Subject.FILE, end, then);
    }
  }

  /** Reads a text, and hands it over on the screen's thread. */
  public void readText(Path file, Consumer<String> then) {
    String[] text = new String[1];
    said.over(Said.Subject.FILE);
    jobs.start(
        JobKind.OPEN,
        "Opening " + file.getFileName(),
        turn -> text[0] = text(file),
        end -> opened(end, () -> then.accept(text[0])));
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > MOST_TEXT) {
      throw new BadFileException(file, "has more than a megabyte, which no prompt can have.");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new BadFileException(file, "is no UTF-8 text.");
    }
  }

  /** Saves the session that is shown, as it is now. */
  public void save(Path chosen) {
    save(chosen, () -> {});
  }

  /**
   * Saves it, and goes on.
   *
   * @param then done once it is written; not where it was not
   */
  public void save(Path chosen, Runnable then) {
    Run shown = run.getValue();
    if (shown == null) {
      return;
    }
    Models.Open open = models.modelProperty().get();
    unlessItIsThere(
        chosen,
        Recording.ENDING,
        file -> {
          writing.add(shown);
          write(
              file,
              turn -> Recording.write(shown, manifest(shown, open), file, turn),
              leftOut(),
              end -> {
                writing.remove(shown);
                if (end instanceof Job.End.Done) {
                  kept.add(shown);
                  then.run();
                }
              });
        });
  }

  /** What a recording does not hold. */
  private String leftOut() {
    int n = branches.left().size();
    return n == 0
        ? ""
        : n == 1 ? "; 1 other branch is not in it" : "; " + n + " other branches are not in it";
  }

  /** A name that got its ending here was not among those that a dialog asks about. */
  private void unlessItIsThere(Path chosen, String ending, Consumer<Path> write) {
    Path file = Endings.with(chosen, ending);
    if (!file.equals(chosen) && Files.exists(file)) {
      said.ask(
          file,
          file + " is there already.",
          List.of(
              new Notice.Answer("replace", "Replace it", () -> write.accept(file)),
              new Notice.Answer("keep", "Leave it", () -> {})));
    } else {
      write.accept(file);
    }
  }

  /**
   * Writes a file in the background; it is never dropped, and closing waits for it.
   *
   * @param but what is said of it beside its name
   * @param ended told how it ended, after the user was
   */
  private void write(Path file, Job.Work work, String but, Consumer<Job.End> ended) {
    said.over(Said.Subject.FILE);
    onceWritten.putIfAbsent(key(file), new ArrayList<>());
    jobs.start(
        JobKind.WRITE,
        "Saving " + file.getFileName(),
        work,
        end -> {
          switch (end) {
            case Job.End.Done d -> said.say(Said.Subject.FILE, "Saved to " + file + but);
            case Job.End.Cancelled c ->
                said.fail(Said.Subject.FILE, file + " was not saved: it was cancelled.");
            case Job.End.Failed f ->
                said.fail(Said.Subject.FILE, "Not saved. " + f.why(), List.of());
          }
          ended.accept(end);
          List<Runnable> next = onceWritten.remove(key(file));
          if (next != null) {
            next.forEach(Runnable::run);
          }
          if (waiting != null) {
            goOn(end instanceof Job.End.Done);
          }
        });
  }

  private static Path key(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** The line that runs a session again, with the open model where that is the one. */
  public String command(Run r) {
    return command(r, models.modelProperty().get());
  }

  private static String command(Run r, Models.Open open) {
    return CommandText.run(r, isOf(r, open) ? open.argument() : null);
  }

  private static boolean isOf(Run r, Models.Open open) {
    return open != null && r.madeBy(open.loaded().model());
  }

  private static Manifest manifest(Run r, Models.Open open) {
    return isOf(r, open)
        ? Manifest.of(open.loaded(), command(r, open))
        : Manifest.without(r.model(), command(r, open));
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
  public void export(Path chosen, String ending, ExportMenu.Content content, Runnable written) {
    unlessItIsThere(
        chosen,
        ending,
        file ->
            write(
                file,
                turn -> content.write(file),
                "",
                end -> {
                  if (end instanceof Job.End.Done) {
                    written.run();
                  }
                }));
  }

  /** A run that was read from a file, or opened from elsewhere, in the place of what was shown. */
  void keep(Run r) {
    kept.clear();
    kept.add(r);
  }

  /** Whether the shown session has generated tokens that no file holds, nor is about to. */
  public boolean isUnsaved() {
    Run r = run.getValue();
    return r != null && isUnsaved(r) && !isQuestionOnly(r);
  }

  /** What was only asked is in its field. */
  private static boolean isQuestionOnly(Run r) {
    return r.question() != null && r.steps().size() - 1 <= r.question().last();
  }

  /** How many of the branches that were left have such tokens. */
  public int unsavedBranches() {
    return (int) branches.left().stream().filter(b -> isUnsaved(b.run())).count();
  }

  /** Whether a run has such tokens. */
  boolean isUnsaved(Run r) {
    return r.steps().size() > 1
        && Stream.concat(kept.stream(), writing.stream())
            .noneMatch(w -> w.steps().equals(r.steps()));
  }

  /**
   * Does something once all that is being written is written.
   *
   * @param failed done instead, where something could not be written
   */
  public void whenWritten(Runnable then, Runnable failed) {
    waiting = then;
    instead = failed;
    goOn(true);
  }

  private void goOn(boolean written) {
    if (written && jobs.has(JobKind.WRITE)) {
      said.say(Said.Subject.FILE, "Closing once all is written");
    } else {
      Runnable next = written ? waiting : instead;
      waiting = null;
      next.run();
    }
  }
}
