package org.emslens.format;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * Writes a file under a temporary name beside its own and moves it there whole, so that a failure
 * leaves what was there before.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** What fills the file. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * @throws FileSystemException naming this file, with the reason, where it cannot be written
   */
  public static void write(Path path, Content content) throws IOException {
    Writable.target(path);
    Path folder = path.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
    } catch (FileSystemException e) {
      throw FileTrouble.unwritten(path, why(e, folder), e);
    }
    Path temporary = folder.resolve(temporary(path));
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
        content.writeTo(out);
      }
      move(temporary, path);
    } catch (FileSystemException e) {
      throw FileTrouble.unwritten(path, why(e, folder), e);
    } catch (IOException e) {
      // A full disk, for one, is told without the file's name.
      String why = e.getMessage() == null ? "writing failed" : e.getMessage();
      throw FileTrouble.unwritten(path, why, e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A name beside this file's that no other has. */
  static String temporary(Path path) {
    return "." + path.getFileName() + "." + UUID.randomUUID() + ".part";
  }

  /** Some folders are there and answer as if they were not: they take no new files. */
  static String why(FileSystemException e, Path folder) {
    if (e instanceof NoSuchFileException && Files.isDirectory(folder)) {
      return folder + " takes no new files";
    }
    return e instanceof FileAlreadyExistsException
        ? e.getFile() + " is not a folder"
        : FileTrouble.why(e);
  }

  /** Moves a finished file to its place, replacing what is there. */
  public static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
