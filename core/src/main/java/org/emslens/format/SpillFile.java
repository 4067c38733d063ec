package org.emslens.format;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A temporary file of half floats, written and read anywhere by several threads; deleted when
 * nobody refers to it any more, and at the latest when the program ends. It is not mapped: what is
 * mapped counts as the program's memory, and a full disk would end it.
 */
public final class SpillFile {
  private static final Cleaner CLEANER = Cleaner.create();

  private final FileChannel file;
  private long size;

  /**
   * @param ending of its name, such as `.queries`
   * @throws IOException where the temporary folder takes none
   */
  public SpillFile(String ending) throws IOException {
    Path path = Files.createTempFile("emslens", ending);
    path.toFile().deleteOnExit();
    file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileChannel open = file;
    CLEANER.register(this, () -> close(open, path));
  }

  private static void close(FileChannel file, Path path) {
    try {
      file.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // It is deleted when the program ends.
    }
  }

  /**
   * Appends rows, one after the other.
   *
   * @return where they begin, in numbers
   * @throws IOException where there is no room for them
   */
  public synchronized long append(short[][] rows) throws IOException {
    short[] all = new short[Arrays.stream(rows).mapToInt(row -> row.length).sum()];
    int filled = 0;
    for (short[] row : rows) {
      System.arraycopy(row, 0, all, filled, row.length);
      filled += row.length;
    }
    long at = size;
    write(at, all);
    size += all.length;
    return at;
  }

  /**
   * Writes numbers from a place on, counted in numbers.
   *
   * @throws IOException where there is no room for them
   */
  public void write(long at, short[] numbers) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Short.BYTES).order(ByteOrder.nativeOrder());
    bytes.asShortBuffer().put(numbers);
    for (long to = at * Short.BYTES; bytes.hasRemaining(); ) {
      to += file.write(bytes, to);
    }
  }

  /**
   * Reads n numbers from a place on.
   *
   * @throws IOException where they cannot be read, or were never written
   */
  public short[] read(long at, int n) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(n * Short.BYTES).order(ByteOrder.nativeOrder());
    for (long from = at * Short.BYTES; bytes.hasRemaining(); ) {
      int read = file.read(bytes, from);
      if (read < 0) {
        throw new IOException("a temporary file ends too early");
      }
      from += read;
    }
    short[] numbers = new short[n];
    bytes.flip().asShortBuffer().get(numbers);
    return numbers;
  }
}
