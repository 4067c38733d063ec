package org.emslens.device.opencl;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.emslens.device.DeviceException;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.device.opencl.binding.ClException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device of OpenCL with a queue whose commands run in their order, and what is kept in its
 * memory. Safe for several threads; each command is put into the queue whole.
 */
final class Card implements AutoCloseable {
  /** Set to anything, it has the log file tell how long each kernel ran. */
  static final String TIMES = "EMSLENS_OPENCL_TIMES";

  private static final Logger LOG = LoggerFactory.getLogger(Card.class);
  private static final double MIB = 1 << 20;

  /** Bytes that are staged for one transfer at least. */
  private static final long STAGE = 1 << 20;

  /** How often room is looked for before it is said that there is none, and how long. */
  private static final int COLLECTIONS = 3;

  private static final int COLLECTION_MILLIS = 100;

  private final Cl cl;
  private final MemorySegment device;
  private final CardInfo info;
  private final MemorySegment context;
  private final MemorySegment queue;

  /** Where {@link #TIMES} asks for them, else null. */
  private final KernelTimes times;

  private Arena stageArena = Arena.ofShared();
  private MemorySegment stage = stageArena.allocate(STAGE, 64);

  /** Memory that was given back, and its bytes. */
  private final Map<MemorySegment, Long> released = new HashMap<>();

  private long used;
  private int buffers;

  /** What is done before the card is let go, once its last memory was given back. */
  private Runnable closing;

  Card(Cl cl, MemorySegment device, CardInfo info) {
    this.cl = cl;
    this.device = device;
    this.info = info;
    times = System.getenv(TIMES) == null ? null : new KernelTimes(cl);
    context = tried(() -> cl.context(device));
    try {
      queue = tried(() -> cl.queue(context, device, times != null));
    } catch (DeviceException e) {
      givenBack(() -> cl.releaseContext(context));
      stageArena.close();
      throw e;
    }
  }

  CardInfo info() {
    return info;
  }

  /** Bytes of its memory that this program does not use. */
  synchronized long free() {
    return Math.max(0, info.memory() - used);
  }

  /** Buffers that were made and not closed. */
  synchronized int buffers() {
    return buffers;
  }

  /**
   * Makes room; what is in it is anything.
   *
   * @throws DeviceException where there is not so much
   */
  Buffer allocate(long bytes) {
    long size = Math.max(Integer.BYTES, bytes);
    if (size > info.largest() && size > info.memory() / 2) {
      throw new DeviceException(noRoom(size));
    }
    for (int tries = 0; tries < COLLECTIONS; tries++) {
      Buffer made = tryToAllocate(size);
      if (made != null) {
        return made;
      }
      collect();
    }
    throw new DeviceException(noRoom(size));
  }

  /** Null where there is no room now. */
  private synchronized Buffer tryToAllocate(long size) {
    if (used + size > info.memory()) {
      return null;
    }
    try {
      Buffer made = new Buffer(this, cl.buffer(context, size), size);
      used += size;
      buffers++;
      return made;
    } catch (ClException e) {
      if (e.isOutOfMemory()) {
        return null;
      }
      throw new DeviceException(failed(e), e);
    }
  }

  /** What nobody has any more is found by Java's collector, which knows nothing of a card. */
  private void collect() {
    System.gc();
    try {
      Thread.sleep(COLLECTION_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    finish();
  }

  Buffer floats(long n) {
    return allocate(n * Float.BYTES);
  }

  /** Numbers in the card's memory. */
  Buffer of(float[] numbers) {
    Buffer b = floats(numbers.length);
    write(numbers, 0, numbers.length, b, 0);
    return b;
  }

  Buffer of(int[] numbers) {
    Buffer b = allocate((long) numbers.length * Integer.BYTES);
    write(numbers, b);
    return b;
  }

  /** Gives memory back as soon as nothing that was asked for can still need it. */
  synchronized void release(MemorySegment buffer, long bytes) {
    released.put(buffer, bytes);
    if (closing != null) {
      givenBack(() -> cl.finish(queue));
      done();
    }
  }

  /** Drivers are not all right about memory that a waiting command still needs. */
  private void done() {
    if (times != null) {
      tried(times::finished);
    }
    released.forEach(
        (buffer, bytes) -> {
          used -= bytes;
          buffers--;
          givenBack(() -> cl.releaseBuffer(buffer));
        });
    released.clear();
    if (closing != null && buffers == 0) {
      Runnable last = closing;
      closing = null;
      last.run();
      end();
    }
  }

  /** Writes numbers from[start ...) at number `at` of a buffer. */
  synchronized void write(float[] from, int start, int n, Buffer to, long at) {
    if (n > 0) {
      MemorySegment staged = staged((long) n * Float.BYTES);
      MemorySegment.copy(from, start, staged, JAVA_FLOAT, 0, n);
      tried(() -> cl.write(queue, staged, to.handle(), at * Float.BYTES));
    }
  }

  /** Writes numbers at the beginning of a buffer. */
  synchronized void write(int[] from, Buffer to) {
    if (from.length > 0) {
      MemorySegment staged = staged((long) from.length * Integer.BYTES);
      MemorySegment.copy(from, 0, staged, JAVA_INT, 0, from.length);
      tried(() -> cl.write(queue, staged, to.handle(), 0));
    }
  }

  /** Writes what lies outside of Java's heap. */
  synchronized void write(MemorySegment from, Buffer to) {
    tried(() -> cl.write(queue, from, to.handle(), 0));
  }

  /** Reads numbers from number `at` of a buffer on, once what was asked before is done. */
  synchronized void read(Buffer from, long at, float[] into, int start, int n) {
    if (n > 0) {
      MemorySegment staged = staged((long) n * Float.BYTES);
      tried(() -> cl.read(queue, from.handle(), at * Float.BYTES, staged));
      done();
      MemorySegment.copy(staged, JAVA_FLOAT, 0, into, start, n);
    }
  }

  /** Reads numbers from the beginning of a buffer. */
  synchronized void read(Buffer from, int[] into) {
    if (into.length > 0) {
      MemorySegment staged = staged((long) into.length * Integer.BYTES);
      tried(() -> cl.read(queue, from.handle(), 0, staged));
      done();
      MemorySegment.copy(staged, JAVA_INT, 0, into, 0, into.length);
    }
  }

  float[] read(Buffer from, long at, int n) {
    float[] numbers = new float[n];
    read(from, at, numbers, 0, n);
    return numbers;
  }

  /** Copies bytes within the card's memory. */
  synchronized void copy(Buffer from, long first, Buffer to, long at, long bytes) {
    if (bytes > 0) {
      tried(() -> cl.copy(queue, from.handle(), first, to.handle(), at, bytes));
    }
  }

  Buffer copy(Buffer of) {
    Buffer b = allocate(of.bytes());
    copy(of, 0, b, 0, of.bytes());
    return b;
  }

  synchronized Buffer zeros(long numbers) {
    Buffer b = floats(numbers);
    tried(() -> cl.zero(queue, b.handle(), 0, b.bytes() / Integer.BYTES * Integer.BYTES));
    return b;
  }

  private MemorySegment staged(long bytes) {
    if (stage.byteSize() < bytes) {
      stageArena.close();
      stageArena = Arena.ofShared();
      stage = stageArena.allocate(bytes + bytes / 4, 64);
    }
    return stage.asSlice(0, bytes);
  }

  /** Waits until all is done that was asked. */
  synchronized void finish() {
    tried(() -> cl.finish(queue));
    done();
  }

  /** Puts a kernel into the queue; see {@link Cl#launch}. */
  void launch(String name, MemorySegment kernel, int dimensions, MemorySegment sizes) {
    if (times == null) {
      cl.launch(queue, kernel, dimensions, sizes, MemorySegment.NULL);
    } else {
      cl.launch(queue, kernel, dimensions, sizes, times.event());
      times.launched(name);
    }
  }

  Cl cl() {
    return cl;
  }

  MemorySegment context() {
    return context;
  }

  MemorySegment device() {
    return device;
  }

  /** Something that is asked of the driver. */
  @FunctionalInterface
  interface Call {
    void run();
  }

  void tried(Call call) {
    tried(
        () -> {
          call.run();
          return null;
        });
  }

  <T> T tried(Supplier<T> call) {
    try {
      return call.get();
    } catch (ClException e) {
      throw new DeviceException(failed(e), e);
    }
  }

  private String noRoom(long bytes) {
    return String.format(
        Locale.ROOT,
        "%s has no room for another %.0f MiB: %.0f of its %.0f MiB are taken. Take a shorter prompt, a file of the model with fewer bits per weight, or the processor (--device cpu).",
        info.name(),
        bytes / MIB,
        used / MIB,
        info.memory() / MIB);
  }

  private String failed(ClException e) {
    return e.isOutOfMemory()
        ? info.name()
            + " has run out of memory or resources ("
            + e.getMessage()
            + "). Take a shorter prompt, a file of the model with fewer bits per weight, or the processor (--device cpu)."
        : info.name()
            + " has failed ("
            + e.getMessage()
            + "). The processor can go on (--device cpu).";
  }

  /**
   * Lets the card go: now, or once the last memory was given back that somebody still looks at.
   *
   * @param last done before that
   */
  synchronized void close(Runnable last) {
    closing = last;
    givenBack(() -> cl.finish(queue));
    done();
    if (times != null) {
      LOG.info("Kernels of {}:\n{}", info.name(), times.table());
    }
  }

  private void end() {
    givenBack(() -> cl.releaseQueue(queue));
    givenBack(() -> cl.releaseContext(context));
    stageArena.close();
  }

  /** Gives something back; a driver that cannot take it has nothing that one could do about it. */
  void givenBack(Call call) {
    try {
      call.run();
    } catch (ClException e) {
      LOG.warn("{}: {}", info.name(), e.getMessage());
    }
  }

  @Override
  public void close() {
    close(() -> {});
  }
}
