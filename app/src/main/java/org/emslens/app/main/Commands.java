package org.emslens.app.main;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringBinding;
import javafx.scene.Node;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.stage.FileChooser;
import javafx.stage.Window;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Notice;
import org.emslens.app.settings.Appearance;
import org.emslens.session.Run;

/** What the header's buttons, the keyboard's shortcuts and dropped files do. */
final class Commands {
  private static final int MOST_SHOWN = 90;

  private final Lens lens;
  private final FileDialogs dialogs;
  private final Node owner;
  private final Appearance appearance;
  private final Runnable help;
  private Supplier<String> copied = this::runCommand;

  /**
   * @param owner a node of the window that dialogs belong to
   */
  Commands(Lens lens, FileDialogs dialogs, Node owner, Appearance appearance, Runnable help) {
    this.lens = lens;
    this.dialogs = dialogs;
    this.owner = owner;
    this.appearance = appearance;
    this.help = help;
    lens.models().onChooseFile(this::open);
  }

  private Window window() {
    return owner.getScene() == null ? null : owner.getScene().getWindow();
  }

  /** The open model's name, or the one that what is shown was recorded with. */
  StringBinding modelTitleBinding() {
    return Bindings.createStringBinding(
        () -> {
          Models.Open open = lens.models().modelProperty().get();
          if (open != null) {
            return open.title();
          }
          return lens.runProperty().get() == null
              ? "no model yet"
              : lens.runProperty().get().model() + " (recording)";
        },
        lens.models().modelProperty(),
        lens.runProperty());
  }

  void open() {
    dialogs
        .open(
            window(),
            "Open a model or a recorded session",
            List.of(
                new FileChooser.ExtensionFilter(
                    "Models and sessions", "*.gguf", "*.emslens", "config.json"),
                new FileChooser.ExtensionFilter("All files", "*")))
        .ifPresent(lens::open);
  }

  void openFolder() {
    dialogs.folder(window(), "Open a model's folder").ifPresent(lens::open);
  }

  void openDefault() {
    lens.openDefault();
  }

  void save() {
    if (lens.runProperty().get() != null) {
      chosenName().ifPresent(lens.files()::save);
    }
  }

  private Optional<Path> chosenName() {
    return dialogs.save(window(), "Save the session", "session.emslens");
  }

  /**
   * How the line is made that repeats what the shown page holds.
   *
   * @param line throws IllegalArgumentException or IllegalStateException in one sentence
   */
  void onCopy(Supplier<String> line) {
    copied = line;
  }

  /** The line that runs the shown session again. */
  String runCommand() {
    Run run = lens.runProperty().get();
    if (run == null) {
      throw new IllegalStateException("Nothing was run yet.");
    }
    return lens.files().command(run);
  }

  /** Puts that line where the user can paste it from. */
  void copyCommand() {
    try {
      String line = copied.get();
      ClipboardContent content = new ClipboardContent();
      content.putString(line);
      Clipboard.getSystemClipboard().setContent(content);
      String shown = line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN - 1) + "…" : line;
      lens.said().say("Copied: " + shown.replace('\n', ' '));
    } catch (IllegalArgumentException | IllegalStateException e) {
      lens.said().fail(e.getMessage());
    }
  }

  void otherTheme() {
    appearance.themeProperty().set(appearance.themeProperty().get().other());
  }

  void help() {
    help.run();
  }

  private void whenWritten(Runnable end) {
    lens.files().whenWritten(end, () -> {});
  }

  /**
   * Ends the program once nothing would be lost: after what is being written, and after asking
   * where generated tokens are in no file.
   */
  void close(Runnable end) {
    boolean unsaved = lens.files().isUnsaved();
    boolean running = lens.jobs().has(JobKind.CAMPAIGN);
    if (appearance.askBeforeClosingProperty().get() && (unsaved || running)) {
      List<Notice.Answer> answers = new ArrayList<>();
      answers.add(new Notice.Answer("close-never-ask", "Never ask again", this::neverAsk));
      if (unsaved) {
        answers.add(new Notice.Answer("close-save", "Save and close", () -> saveAndClose(end)));
      }
      answers.add(
          new Notice.Answer(
              "close-discard",
              unsaved ? "Close without saving" : "End it and close",
              () -> whenWritten(end)));
      answers.add(new Notice.Answer("close-stay", "Stay", () -> {}));
      lens.said()
          .ask(
              (running ? "An experiment is still running. " : "")
                  + (unsaved ? "The session has generated tokens that are in no file." : ""),
              answers);
    } else {
      whenWritten(end);
    }
  }

  private void neverAsk() {
    appearance.askBeforeClosingProperty().set(false);
    lens.said().say("Closing asks no more");
  }

  private void saveAndClose(Runnable end) {
    chosenName()
        .ifPresent(
            f -> {
              lens.files().save(f);
              whenWritten(end);
            });
  }
}
