package org.emslens.app.main;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringBinding;
import javafx.beans.property.ObjectProperty;
import javafx.scene.Node;
import javafx.scene.SnapshotParameters;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.transform.Transform;
import javafx.stage.FileChooser;
import javafx.stage.Window;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Png;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Said;
import org.emslens.app.prompt.PromptModel;
import org.emslens.app.settings.Appearance;
import org.emslens.session.Run;

/** What the header's buttons, the keyboard's shortcuts and dropped files do. */
final class Commands {
  private static final int PICTURE = 2;

  private static final int MOST_SHOWN = 90;

  private final Lens lens;
  private final FileDialogs dialogs;
  private final Node owner;
  private final Appearance appearance;
  private final ObjectProperty<Page> page;
  private final Runnable help;
  private final Losses losses;
  private final Openings openings;
  private Supplier<String> copied = this::runCommand;
  private Supplier<Node> pictured;
  private Supplier<List<String>> unsavedPages = List::of;

  /**
   * @param owner a node of the window that dialogs belong to
   * @param page that is shown
   */
  Commands(
      Lens lens,
      FileDialogs dialogs,
      Node owner,
      PromptModel prompt,
      Appearance appearance,
      ObjectProperty<Page> page,
      Runnable help) {
    this.lens = lens;
    this.dialogs = dialogs;
    this.owner = owner;
    pictured = () -> owner;
    this.appearance = appearance;
    this.page = page;
    this.help = help;
    losses =
        new Losses(
            lens,
            appearance,
            then -> chosenName().ifPresent(f -> lens.files().save(f, then)),
            () -> unsavedPages.get());
    openings = new Openings(lens, prompt, losses, () -> page.set(Page.INSPECT));
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

  /** Takes the last change of settings back, where one sees what they do. */
  void undo() {
    ofSettings(lens.settings()::undo);
  }

  /** Makes it again. */
  void redo() {
    ofSettings(lens.settings()::redo);
  }

  private void ofSettings(Runnable change) {
    if (page.get() == Page.INSPECT) {
      change.run();
    } else {
      lens.said().say(Said.Subject.OTHER, "Settings of the page Inspect are taken back there");
    }
  }

  void open() {
    dialogs
        .open(
            window(),
            "Open a model, a recorded session or a text",
            List.of(
                new FileChooser.ExtensionFilter(
                    "Models, sessions and texts",
                    "*.gguf",
                    "*.emslens",
                    "config.json",
                    "*.txt",
                    "*.md",
                    "*.log"),
                new FileChooser.ExtensionFilter("All files", "*")))
        .ifPresent(openings::open);
  }

  /** Opens a file that was dropped or named. */
  void open(Path file) {
    openings.open(file);
  }

  /** Loads the open model on another device; null for the best there is. */
  void useDevice(String id) {
    Models models = lens.models();
    Models.Open open = models.modelProperty().get();
    if (open == null) {
      models.deviceProperty().set(id);
      return;
    }
    losses.unlessLost(
        Losses.Deed.LOAD,
        () -> {
          models.deviceProperty().set(id);
          lens.open(open.path());
        });
  }

  /** Opens the model that a recording was made with, or offers it. */
  void openModelOf(String title) {
    openings.openModelOf(title, List.copyOf(appearance.modelFolders()), this::open);
  }

  /** Opens a model, whatever its file is called. */
  void openModel(Path model) {
    losses.unlessLost(Losses.Deed.LOAD, () -> lens.open(model));
  }

  void openFolder() {
    dialogs.folder(window(), "Open a model's folder").ifPresent(openings::open);
  }

  void openDefault() {
    losses.unlessLost(Losses.Deed.LOAD, lens::openDefault);
  }

  void save() {
    if (lens.runProperty().get() != null) {
      chosenName().ifPresent(f -> lens.files().save(f));
    }
  }

  /** Writes what the page shows, in twice its size, for slides and pages. */
  void savePicture() {
    dialogs
        .save(window(), "Save a picture of this page", "lens.png")
        .ifPresent(
            file -> {
              SnapshotParameters larger = new SnapshotParameters();
              larger.setTransform(Transform.scale(PICTURE, PICTURE));
              larger.setFill(appearance.themeProperty().get().palette().surface());
              Node page = pictured.get();
              BufferedImage picture =
                  Png.image(
                      Surface.enlarged(page, PICTURE, () -> page.snapshot(larger, null)),
                      BufferedImage.TYPE_INT_RGB);
              lens.files().export(file, ".png", f -> Png.write(picture, f), () -> {});
            });
  }

  /** What a picture of the page shows. */
  void onPicture(Supplier<Node> node) {
    pictured = node;
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

  /** Which pages have results that are in no file. */
  void onClosing(Supplier<List<String>> pages) {
    unsavedPages = pages;
  }

  /** Puts that line where the user can paste it from. */
  void copyCommand() {
    try {
      String line = copied.get();
      ClipboardContent content = new ClipboardContent();
      content.putString(line);
      Clipboard.getSystemClipboard().setContent(content);
      String shown = line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN - 1) + "…" : line;
      lens.said().say(Said.Subject.OTHER, "Copied: " + shown.replace('\n', ' '));
    } catch (IllegalArgumentException | IllegalStateException e) {
      lens.said().fail(Said.Subject.OTHER, e.getMessage());
    }
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
    losses.unlessLost(Losses.Deed.CLOSE, () -> lens.files().whenWritten(end, () -> {}));
  }

  /** Opens something in the place of what is shown, unless the user would rather keep that. */
  void instead(Runnable open) {
    losses.unlessLost(Losses.Deed.OPEN, open);
  }
}
