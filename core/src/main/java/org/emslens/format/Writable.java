package org.emslens.format;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says before long work whether its results can be written; nothing is left behind. What is told
 * may have changed when the work is done.
 */
public final class Writable {
  private Writable() {}

  /**
   * @param file to be made or replaced, its folder made where it is missing
   * @throws FileSystemException naming it, with the reason
   */
  public static void file(Path file) throws IOException {
    target(file);
    probe(file, file.toAbsolutePath().getParent(), AtomicFile.temporary(file));
  }

  /**
   * @param folder that files are to be made in, made where it is missing
   * @throws FileSystemException naming it, with the reason
   */
  public static void folder(Path folder) throws IOException {
    probe(folder, folder.toAbsolutePath(), AtomicFile.temporary(folder.resolve("x")));
  }

  /** Nothing is put in the place of a folder or of a device. */
  static void target(Path file) throws FileSystemException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw FileTrouble.unwritten(
          file, Files.isDirectory(file) ? "it is a folder" : "it is no plain file", null);
    }
  }

  /** Makes and deletes a file in the nearest folder that is there: rights alone do not tell. */
  private static void probe(Path named, Path folder, String name) throws IOException {
    Path nearest = folder;
    while (nearest.getParent() != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (!Files.isDirectory(nearest)) {
      throw FileTrouble.unwritten(named, nearest + " is not a folder", null);
    }
    try {
      Files.delete(Files.createFile(nearest.resolve(name)));
      if (!nearest.equals(folder)) {
        // A folder may take files and no folders, or the other way round.
        Files.delete(Files.createDirectory(nearest.resolve(name)));
      }
    } catch (FileSystemException e) {
      throw FileTrouble.unwritten(named, AtomicFile.why(e, nearest), e);
    }
  }
}
