package org.emslens.format;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;

/** Why a file cannot be used: the JDK's own messages are often the file's name and nothing else. */
public final class FileTrouble {
  private static final Map<Class<?>, String> REASONS =
      Map.of(
          NoSuchFileException.class, "there is no such file or folder",
          AccessDeniedException.class, "access is denied",
          FileAlreadyExistsException.class, "a file of that name is there already",
          NotDirectoryException.class, "it is not a folder",
          DirectoryNotEmptyException.class, "a folder of that name is there already");

  private FileTrouble() {}

  /** The reason, in words that end no sentence. */
  public static String why(FileSystemException e) {
    String reason = e.getReason() == null ? "it cannot be read or written" : e.getReason();
    return REASONS.getOrDefault(e.getClass(), reason);
  }

  /**
   * What could not be written, told of the file that the user named: what failed may have been a
   * temporary one.
   */
  static FileSystemException unwritten(Path file, String why, IOException cause) {
    String name = file.toString().isEmpty() ? "''" : file.toString();
    FileSystemException e =
        new FileSystemException(name, null, "it cannot be written there: " + why);
    e.initCause(cause);
    return e;
  }
}
