package org.emslens.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a reader may make of bytes that somebody changed: it takes them, or refuses them in a
 * sentence; and it takes no more memory than their number justifies.
 */
final class Attempt {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Bytes that may be taken for each byte of input, and besides. */
  private static final long EACH = 400;

  private static final long BESIDES = 64 << 20;

  private Attempt() {}

  /** Reads something that may be refused. */
  @FunctionalInterface
  interface Reader {
    void read() throws IOException;
  }

  /** A folder for files that are written again and again, in memory where there is such a place. */
  static Path folder() {
    try {
      Path memory = Path.of("/dev/shm");
      Path folder =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "emslens-fuzz")
              : Files.createTempDirectory("emslens-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) {
    try (var all = Files.walk(folder)) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      // It was in memory, or in a temporary folder.
    }
  }

  /**
   * @param zeros that follow the input in the file, such as a model's weights would
   */
  static void write(Path file, byte[] input, int zeros) {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(0);
      out.write(input);
      out.setLength(input.length + (long) zeros);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param bytes of input
   * @throws AssertionError where anything happens but a refusal in a sentence
   */
  static void read(long bytes, Reader reader) {
    long most = BESIDES + EACH * bytes;
    // The first time, classes are loaded.
    if (taken(reader) > most && taken(reader) > most) {
      throw new AssertionError("more than " + most + " bytes of memory are taken for " + bytes);
    }
  }

  private static long taken(Reader reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    read(reader);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** The same for what is worked through rather than held. */
  static void read(Reader reader) {
    try {
      reader.read();
    } catch (IOException | IllegalArgumentException e) {
      String why = e.getMessage();
      if (why == null || why.length() < 16) {
        throw new AssertionError("no sentence: " + e, e);
      }
    }
  }
}
