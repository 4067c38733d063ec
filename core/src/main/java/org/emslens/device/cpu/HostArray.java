package org.emslens.device.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An ND4J array that Java fills and reads through host memory; on a device backend the copies are
 * told to ND4J, on the CPU they are the array itself.
 */
final class HostArray {
  private static final int PIECE = 1 << 16;

  private final INDArray array;
  private final FloatBuffer host;

  HostArray(long... shape) {
    array = Nd4j.createUninitialized(DataType.FLOAT, shape);
    host = array.data().asNioFloat();
  }

  private HostArray(INDArray array, FloatBuffer host) {
    this.array = array;
    this.host = host;
  }

  /** Memory that arrays of several shapes share, one at a time. */
  static final class Memory {
    private final HostArray whole;

    Memory(long length) {
      whole = new HostArray(length);
    }

    long length() {
      return whole.array.length();
    }

    /** The first rows * columns numbers as a matrix. */
    HostArray view(long rows, long columns) {
      INDArray matrix =
          Nd4j.create(
              whole.array.data(), new long[] {rows, columns}, new long[] {columns, 1}, 0, 'c');
      return new HostArray(matrix, whole.host);
    }

    void close() {
      whole.close();
    }
  }

  /** The memory itself. */
  MemorySegment memory() {
    return MemorySegment.ofBuffer(host);
  }

  int columns() {
    return Math.toIntExact(array.size(1));
  }

  INDArray array() {
    return array;
  }

  /** Writes count numbers at `at`. */
  void put(int at, float[] from, int start, int count) {
    host.put(at, from, start, count);
  }

  void get(int at, float[] into, int start, int count) {
    host.get(at, into, start, count);
  }

  /**
   * Writes the first count numbers, on several threads: one alone does not fill the memory's
   * bandwidth.
   */
  void putAll(float[] from, int count) {
    int pieces = (count + PIECE - 1) / PIECE;
    IntStream.range(0, pieces)
        .parallel()
        .map(i -> i * PIECE)
        .forEach(at -> host.put(at, from, at, Math.min(PIECE, count - at)));
  }

  /** After Java has written. */
  void written() {
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }

  /** Before Java reads. */
  void fetch() {
    Nd4j.getAffinityManager().ensureLocation(array, AffinityManager.Location.HOST);
  }

  /** Gives the memory back now instead of at some garbage collection. */
  void close() {
    array.close();
  }
}
