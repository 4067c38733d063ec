package org.emslens.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.emslens.engine.Progress;
import org.emslens.format.BadFileException;
import org.emslens.format.Sha256;
import org.emslens.format.TextFiles;
import org.emslens.model.Model;
import org.emslens.text.ChatMessage;

/**
 * A text from a file, whose end is predicted or which ends in a question. It is the text that the
 * file has when the task is made: a file that was changed since is refused.
 */
public final class FileTask implements Task {
  private final Path file;
  private final boolean chat;
  private final int continuation;
  private final String answer;
  private final String identity;

  /**
   * @param chat whether it is a user's turn, to be put into the model's template
   * @param continuation how many of its last tokens are predicted; 0 where there is an answer
   * @param answer what should follow, or null
   */
  public FileTask(Path file, boolean chat, int continuation, String answer) {
    this.file = file;
    this.chat = chat;
    this.continuation = continuation;
    this.answer = answer;
    this.identity = identityNow();
  }

  @Override
  public String name() {
    return file.getFileName() + (chat ? " (chat)" : "") + (asks() ? "" : " -" + continuation);
  }

  /** By what it says: files of one name are others, and a file that was changed is another. */
  @Override
  public String identity() {
    return identity;
  }

  private String identityNow() {
    try {
      return identity(TextFiles.read(file));
    } catch (IOException e) {
      // Whoever runs it says why it cannot be read.
      return name() + " " + file;
    }
  }

  private String identity(String text) {
    return name() + " " + Sha256.of(text, asks() ? answer : "");
  }

  @Override
  public boolean seeded() {
    return false;
  }

  @Override
  public boolean asks() {
    return answer != null;
  }

  @Override
  public Tokens tokens(Model model, long seed, Progress progress) throws IOException {
    String read = TextFiles.read(file);
    if (!identity(read).equals(identity)) {
      throw new BadFileException(file, "was changed since the experiment began; start it again.");
    }
    String text = read.strip();
    if (chat) {
      if (model.chat() == null) {
        throw new BadFileException(file, "is asked as a chat; " + model.title() + " has none.");
      }
      text = model.chat().render(List.of(new ChatMessage("user", text)));
    }
    if (asks()) {
      return Tokens.of(model.tokenizer(), text, "", answer);
    }
    return Tokens.split(model.tokenizer(), file.getFileName().toString(), text, continuation);
  }
}
