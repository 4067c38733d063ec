package org.emslens.app.main;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringBinding;
import javafx.scene.Node;
import javafx.stage.FileChooser;
import javafx.stage.Window;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Notice;
import org.emslens.app.settings.Appearance;

/** What the header's buttons, the keyboard's shortcuts and dropped files do. */
final class Commands {
  private final Lens lens;
  private final FileDialogs dialogs;
  private final Node owner;
  private final Appearance appearance;
  private final Runnable help;

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

  void otherTheme() {
    appearance.themeProperty().set(appearance.themeProperty().get().other());
  }

  void help() {
    help.run();
  }

  /**
   * Ends the program once nothing would be lost: after what is being written, and after asking
   * where generated tokens are in no file.
   */
  void close(Runnable end) {
    if (lens.files().isUnsaved() && appearance.askBeforeClosingProperty().get()) {
      lens.said()
          .ask(
              "The session has generated tokens that are in no file.",
              List.of(
                  new Notice.Answer(
                      "close-save",
                      "Save and close",
                      () ->
                          chosenName()
                              .ifPresent(
                                  f -> {
                                    lens.files().save(f);
                                    lens.files().whenWritten(end);
                                  })),
                  new Notice.Answer(
                      "close-discard", "Close without saving", () -> lens.files().whenWritten(end)),
                  new Notice.Answer(
                      "close-never-ask",
                      "Close, and never ask",
                      () -> {
                        appearance.askBeforeClosingProperty().set(false);
                        lens.files().whenWritten(end);
                      }),
                  new Notice.Answer("close-stay", "Stay", () -> {})));
    } else {
      lens.files().whenWritten(end);
    }
  }
}
