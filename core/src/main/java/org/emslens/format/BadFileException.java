package org.emslens.format;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that cannot be used. The message is one sentence that names the file, the field or tensor,
 * what was found and what was expected.
 */
public final class BadFileException extends IOException {
  private static final long serialVersionUID = 1L;

  public BadFileException(Path file, String problem) {
    super(name(file) + ": " + problem);
  }

  public BadFileException(Path file, String problem, Throwable cause) {
    super(name(file) + ": " + problem, cause);
  }

  /** A root has no name, and the folder that one is in has an empty one. */
  private static String name(Path file) {
    boolean named = file.getFileName() != null && !file.getFileName().toString().isEmpty();
    return named ? file.getFileName().toString() : "'" + file + "'";
  }
}
