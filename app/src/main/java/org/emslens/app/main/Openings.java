package org.emslens.app.main;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Said;
import org.emslens.app.lens.SessionFiles;
import org.emslens.app.prompt.PromptModel;

/** Opens files of every kind, whichever way they come. */
final class Openings {
  private static final List<String> TEXTS = List.of(".txt", ".text", ".md", ".markdown");

  private final Lens lens;
  private final PromptModel prompt;
  private final Losses losses;
  private final Runnable toPrompt;

  /**
   * @param toPrompt shows where the prompt is written
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
    if (isText(file)) {
      lens.files()
          .readText(
              file,
              text -> {
                prompt.replace(text, file.getFileName().toString());
                toPrompt.run();
              });
    } else if (file.toString().endsWith(SessionFiles.ENDING)) {
      losses.unlessLost(Losses.Deed.OPEN, () -> lens.open(file));
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

  /** What is not there is told by who looks for it. */
  private static boolean isModel(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".gguf")
        || name.equals("config.json")
        || Files.isDirectory(file)
        || !Files.exists(file);
  }
}
