package org.emslens.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be written are named as the user named them, before and after the work. */
class WritableTest {
  @TempDir Path folder;

  private static void refused(Path named, String why, Executable write) {
    FileSystemException e = assertThrows(FileSystemException.class, write);
    assertEquals(named.toString(), e.getFile());
    assertEquals("it cannot be written there: " + why, e.getReason());
  }

  @Test
  void whatCanBeWrittenLeavesNothing() throws IOException {
    Files.writeString(folder.resolve("there"), "x");
    Writable.file(folder.resolve("new"));
    Writable.file(folder.resolve("there"));
    Writable.file(folder.resolve("a/b/new"));
    Writable.folder(folder);
    Writable.folder(folder.resolve("a/b"));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(1, left.count());
    }
    assertEquals("x", Files.readString(folder.resolve("there")));
  }

  @Test
  void wrongPlaces() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "x");
    Path under = file.resolve("x.npy");
    refused(under, file + " is not a folder", () -> Writable.file(under));
    refused(under, file + " is not a folder", () -> AtomicFile.write(under, out -> out.write(1)));
    refused(file, file + " is not a folder", () -> Writable.folder(file));
    refused(folder, "it is a folder", () -> Writable.file(folder));
    refused(folder, "it is a folder", () -> AtomicFile.write(folder, out -> out.write(1)));
    refused(
        folder.resolve("full"),
        "No space left on device",
        () ->
            AtomicFile.write(
                folder.resolve("full"),
                out -> {
                  throw new IOException("No space left on device");
                }));
  }

  @Test
  void foldersOfTheSystem() {
    Path proc = Path.of("/proc");
    Assumptions.assumeTrue(Files.isDirectory(proc));
    Path file = proc.resolve("x.csv");
    refused(file, "/proc takes no new files", () -> Writable.file(file));
    refused(file, "/proc takes no new files", () -> AtomicFile.write(file, out -> out.write(1)));
    refused(
        proc.resolve("x"), "/proc takes no new files", () -> Writable.folder(proc.resolve("x")));
    Path device = Path.of("/dev/null");
    refused(device, "it is no plain file", () -> AtomicFile.write(device, out -> out.write(1)));
  }
}
