package org.emslens.app.main;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.emslens.app.controls.Background;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Notice;
import org.emslens.app.lens.Said;
import org.emslens.app.prompt.PromptModel;
import org.emslens.hub.LocalModels;
import org.emslens.session.Recording;

/** Opens files of every kind, whichever way they come. */
final class Openings {
  private static final List<String> TEXTS =
      List.of(".txt", ".text", ".md", ".markdown", ".log", ".rst", ".tex", ".org", ".csv");

  private final Lens lens;
  private final PromptModel prompt;
  private final Losses losses;
  private final Runnable toPrompt;
  private final Background looking = new Background();

  /**
   * @param toPrompt shows where the prompt is written, and what is made of it
   */
  Openings(Lens lens, PromptModel prompt, Losses losses, Runnable toPrompt) {
    this.lens = lens;
    this.prompt = prompt;
    this.losses = losses;
    this.toPrompt = toPrompt;
  }

  /** Whether a file is one that becomes the prompt. */
  static boolean isText(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return TEXTS.stream().anyMatch(name::endsWith);
  }

  /** A model keeps what is shown, but ends generating; a recording takes its place. */
  void open(Path file) {
    if (lens.models().modelProperty().get() != null) {
      // What could not be loaded before has been read by now, and something is open.
      lens.said().over(Said.Subject.MODEL);
    }
    if (isText(file)) {
      lens.files()
          .readText(
              file,
              text -> {
                prompt.replace(text, file.getFileName().toString());
                toPrompt.run();
              });
    } else if (file.toString().endsWith(Recording.ENDING)) {
      // Nobody is asked what may be lost for a file that cannot be read.
      lens.readRecording(
          file,
          show ->
              losses.unlessLost(
                  Losses.Deed.OPEN,
                  () -> {
                    // Whoever opens a session wants to see it.
                    toPrompt.run();
                    show.run();
                  }));
    } else if (isModel(file)) {
      losses.unlessLost(Losses.Deed.LOAD, () -> lens.open(file));
    } else {
      lens.said()
          .fail(
              Said.Subject.FILE,
              file.getFileName()
                  + ": only models (.gguf or a folder), recordings (.emslens) and texts can be"
                  + " opened.");
    }
  }

  /**
   * Opens a recording's own model where everybody can have that; offers it where it is on this
   * disk.
   *
   * @param title that models are named by: their file's or folder's name
   * @param folders that are looked into beside the usual ones
   */
  void openModelOf(String title, List<Path> folders, Runnable choose) {
    if (Models.defaultFile().startsWith(title)) {
      lens.openDefault();
      return;
    }
    looking.request(
        stale ->
            LocalModels.everywhere(folders).find().stream()
                .map(LocalModels.Found::path)
                .filter(p -> p.getFileName().toString().startsWith(title))
                .findFirst(),
        found -> offer(title, found, choose));
  }

  private void offer(String title, Optional<Path> found, Runnable choose) {
    List<Notice.Answer> answers = new ArrayList<>();
    found.ifPresent(
        path -> answers.add(new Notice.Answer("open-its-model", "Open it", () -> lens.open(path))));
    answers.add(new Notice.Answer("choose-file", "Choose its file …", choose));
    lens.said()
        .ask(
            Said.Subject.MODEL,
            "This session was recorded with " + title + "; open that model to go on with it.",
            answers);
  }

  /** What is not there is told by who looks for it. */
  private static boolean isModel(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".gguf")
        || name.equals("config.json")
        || Files.isDirectory(file)
        || !Files.exists(file);
  }
}
