package org.emslens.app.drive;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javafx.stage.FileChooser;
import javafx.stage.Window;
import org.emslens.app.controls.FileDialogs;

/** Answers for files with what a script has said, and as if cancelled where it has said nothing. */
public final class ScriptedDialogs implements FileDialogs {
  private final Deque<Path> answers = new ArrayDeque<>();

  /** What the next dialog is answered with. */
  void answer(Path file) {
    answers.add(file);
  }

  @Override
  public Optional<Path> open(Window owner, String title, List<FileChooser.ExtensionFilter> kinds) {
    return Optional.ofNullable(answers.poll());
  }

  @Override
  public Optional<Path> folder(Window owner, String title) {
    return Optional.ofNullable(answers.poll());
  }

  @Override
  public Optional<Path> save(Window owner, String title, String name) {
    return Optional.ofNullable(answers.poll());
  }
}
