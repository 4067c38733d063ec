package org.emslens.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into one sentence; the rest goes to the log. */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** The JDK's own messages are often the file's name and nothing else. */
  private static final Map<Class<?>, String> ABOUT_FILES =
      Map.of(
          NoSuchFileException.class, "there is no such file or folder",
          AccessDeniedException.class, "access is denied",
          FileAlreadyExistsException.class, "a file of that name is there already",
          NotDirectoryException.class, "it is not a folder",
          DirectoryNotEmptyException.class, "a folder of that name is there already");

  private Failures() {}

  public static String sentence(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "There is not enough memory for this; try a shorter prompt or a smaller model.";
    }
    if (e instanceof UncheckedIOException wrapped) {
      return sentence(wrapped.getCause());
    }
    if (e instanceof FileSystemException file) {
      return aboutFile(file);
    }
    String message = e.getMessage();
    String text =
        message == null || message.isBlank()
            ? "Something failed inside ("
                + e.getClass().getSimpleName()
                + "); the log file says more."
            : message;
    return text.lines().findFirst().orElse(text).strip();
  }

  private static String aboutFile(FileSystemException e) {
    String reason = e.getReason() == null ? "it cannot be read or written" : e.getReason();
    String what = ABOUT_FILES.getOrDefault(e.getClass(), reason);
    return e.getFile() + ": " + what + ".";
  }

  public static void log(Throwable e) {
    LOG.error("Failed", e);
  }
}
