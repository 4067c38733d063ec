package org.emslens.format;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts from files. */
public final class TextFiles {
  private TextFiles() {}

  /**
   * @throws BadFileException where it is missing, no plain file, or not UTF-8
   */
  public static String read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new BadFileException(
          file, "is a folder (" + file.toAbsolutePath() + "); expected a text file.");
    }
    if (!Files.isRegularFile(file)) {
      throw new BadFileException(file, "no such file (" + file.toAbsolutePath() + ").");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new BadFileException(file, "is not UTF-8 text.", e);
    }
  }
}
