package org.emslens.session;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A temporary file of half floats, written at its end, read anywhere; deleted when nobody refers to
 * it any more, and at the latest when the program ends.
 */
final class SpillFile {
  private static final Cleaner CLEANER = Cleaner.create();

  private final RandomAccessFile file;
  private long size;

  SpillFile() throws IOException {
    File path = File.createTempFile("emslens", ".attention");
    path.deleteOnExit();
    file = new RandomAccessFile(path, "rw");
    RandomAccessFile open = file;
    CLEANER.register(this, () -> close(open, path));
  }

  private static void close(RandomAccessFile file, File path) {
    try {
      file.close();
    } catch (IOException e) {
      // It is deleted all the same.
    }
    path.delete();
  }

  /**
   * Appends rows, one after the other.
   *
   * @return where they begin, in bytes
   */
  synchronized long append(short[][] rows) throws IOException {
    int numbers = 0;
    for (short[] row : rows) {
      numbers += row.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(2 * numbers).order(ByteOrder.LITTLE_ENDIAN);
    for (short[] row : rows) {
      for (short x : row) {
        bytes.putShort(x);
      }
    }
    file.seek(size);
    file.write(bytes.array());
    long at = size;
    size += bytes.capacity();
    return at;
  }

  synchronized short[] read(long at, int n) throws IOException {
    byte[] bytes = new byte[2 * n];
    file.seek(at);
    file.readFully(bytes);
    short[] row = new short[n];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(row);
    return row;
  }
}
