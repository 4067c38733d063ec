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
    super(file.getFileName() + ": " + problem);
  }

  public BadFileException(Path file, String problem, Throwable cause) {
    super(file.getFileName() + ": " + problem, cause);
  }
}
