package org.emslens.device.opencl;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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
class Card implements AutoCloseable {
  /** Set to anything, it has the log file tell how long each kernel ran. */
  static final String TIMES = "EMSLENS_OPENCL_TIMES";

  private static final Logger LOG = LoggerFactory.getLogger(Card.class);
  private static final double MIB = 1 << 20;

  /** Numbers that are moved at a time. */
  private static final int STAGE = 1 << 20;

  /** Bytes from which on it is made sure that a driver has them, rather than promises them. */
  private static final long SURE = 1 << 20;

  /** What others, the desktop for one, are left of a card. */
  private static final double SHARE = 0.9;

  /** How often Java's collector is asked before it is said that there is no room, and how long. */
  private static final int COLLECTIONS = 3;

  private static final int COLLECTION_MILLIS = 100;

  /** Bytes that this program uses of each device, whoever opened it. */
  private static final Map<String, AtomicLong> USED = new ConcurrentHashMap<>();

  private final Cl cl;
  private final MemorySegment device;
  private final CardInfo info;
  private final MemorySegment context;
  private final MemorySegment queue;

  /** What is read while the other queue goes on; null before there was any. */
  private MemorySegment beside;

  /** Where {@link #TIMES} asks for them, else null. */
  private final KernelTimes times;

  private final Arena stageArena = Arena.ofShared();
  private final MemorySegment stage;

  /** Memory that was given back, and its bytes. */
  private final Map<MemorySegment, Long> released = new HashMap<>();

  /** The computer's memory that the card still writes to. */
  private final List<MemorySegment> underWay = new ArrayList<>();

  private final AtomicLong used;
  private int buffers;
  private boolean ended;

  /** What is done before the card is let go, once its last memory was given back. */
  private Runnable closing;

  Card(Cl cl, MemorySegment device, CardInfo info) {
    this.cl = cl;
    this.device = device;
    this.info = info;
    times = System.getenv(TIMES) == null ? null : new KernelTimes(cl);
    used = USED.computeIfAbsent(info.id() + info.name(), k -> new AtomicLong());
    context = tried(() -> cl.context(device));
    try {
      queue = tried(() -> cl.queue(context, device, times != null));
    } catch (DeviceException e) {
      givenBack(() -> cl.releaseContext(context));
      throw e;
    }
    stage = stageArena.allocate(JAVA_FLOAT, STAGE);
  }

  CardInfo info() {
    return info;
  }

  /** Bytes of its memory that this program may still take. */
  long free() {
    return Math.max(0, (long) (info.memory() * SHARE) - used.get());
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
    for (int tries = 0; tries <= COLLECTIONS; tries++) {
      Buffer made = tryToAllocate(size);
      if (made != null) {
        made(made);
        return made;
      }
      if (tries < COLLECTIONS) {
        collect(tries > 0);
      }
    }
    throw new DeviceException(noRoom(size));
  }

  /** Told of memory that has nothing in it yet; tests see to it that nobody relies on that. */
  void made(Buffer b) {}

  /** Told of memory that was written to otherwise than by kernels, likewise. */
  void written(Buffer b) {}

  /** Null where there is no room now. */
  private synchronized Buffer tryToAllocate(long size) {
    check();
    if (size > free()) {
      return null;
    }
    MemorySegment handle = null;
    try {
      handle = cl.buffer(context, size);
      if (size >= SURE) {
        cl.zero(queue, handle, 0, Integer.BYTES);
        cl.finish(queue);
      }
    } catch (ClException e) {
      MemorySegment promised = handle;
      if (promised != null) {
        givenBack(() -> cl.releaseBuffer(promised));
      }
      if (e.isOutOfMemory()) {
        return null;
      }
      throw new DeviceException(failed(e), e);
    }
    used.addAndGet(size);
    buffers++;
    return new Buffer(this, handle, size);
  }

  /**
   * Takes back what was given back; and what nobody has any more, which Java's collector finds: it
   * knows nothing of a card. Not while the card is locked, since that is how it is given back.
   */
  private void collect(boolean thorough) {
    if (thorough) {
      System.gc();
      try {
        Thread.sleep(COLLECTION_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    finish();
  }

  /** Whether the card can still be asked for something. */
  private void check() {
    if (ended) {
      throw new DeviceException(info.name() + " was closed.");
    }
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
    if (closing != null && !ended) {
      givenBack(() -> cl.finish(queue));
      done();
    }
  }

  /** Drivers are not all right about memory that a waiting command still needs. */
  private void done() {
    underWay.clear();
    if (times != null) {
      givenBack(times::finished);
    }
    released.forEach(
        (buffer, bytes) -> {
          used.addAndGet(-bytes);
          buffers--;
          givenBack(() -> cl.releaseBuffer(buffer));
        });
    released.clear();
    if (closing != null && buffers == 0 && !ended) {
      closing.run();
      end();
    }
  }

  /** Writes numbers from[start ...) at number `at` of a buffer. */
  synchronized void write(float[] from, int start, int n, Buffer to, long at) {
    check();
    for (int done = 0; done < n; done += STAGE) {
      int some = Math.min(STAGE, n - done);
      MemorySegment staged = stage.asSlice(0, (long) some * Float.BYTES);
      MemorySegment.copy(from, start + done, staged, JAVA_FLOAT, 0, some);
      long place = (at + done) * Float.BYTES;
      tried(() -> cl.write(queue, staged, to.handle(), place));
    }
    written(to);
  }

  /** Writes numbers at the beginning of a buffer. */
  synchronized void write(int[] from, Buffer to) {
    check();
    for (int done = 0; done < from.length; done += STAGE) {
      int some = Math.min(STAGE, from.length - done);
      MemorySegment staged = stage.asSlice(0, (long) some * Integer.BYTES);
      MemorySegment.copy(from, done, staged, JAVA_INT, 0, some);
      long place = (long) done * Integer.BYTES;
      tried(() -> cl.write(queue, staged, to.handle(), place));
    }
    written(to);
  }

  /** Writes what lies outside of Java's heap. */
  synchronized void write(MemorySegment from, Buffer to) {
    tried(() -> cl.write(queue, from, to.handle(), 0));
    written(to);
  }

  /** Reads numbers from number `at` of a buffer on, once what was asked before is done. */
  synchronized void read(Buffer from, long at, float[] into, int start, int n) {
    check();
    for (int done = 0; done < n; done += STAGE) {
      int some = Math.min(STAGE, n - done);
      MemorySegment staged = stage.asSlice(0, (long) some * Float.BYTES);
      long place = (at + done) * Float.BYTES;
      tried(() -> cl.read(queue, from.handle(), place, staged));
      MemorySegment.copy(staged, JAVA_FLOAT, 0, into, start + done, some);
    }
    if (n > 0) {
      done();
    }
  }

  /**
   * Reads numbers from the beginning of a buffer, which are there once the next thing was read that
   * is waited for.
   */
  synchronized MemorySegment readLater(Buffer from, int n) {
    check();
    MemorySegment into = Arena.ofAuto().allocate(JAVA_FLOAT, n);
    underWay.add(into);
    tried(() -> cl.readLater(queue, from.handle(), 0, into));
    return into;
  }

  /**
   * Reads from the beginning of a buffer, once what was asked before is done, while what is asked
   * next goes on.
   *
   * @return comes once it is read; see {@link #await}
   */
  synchronized MemorySegment readBeside(Buffer from, MemorySegment into) {
    check();
    return tried(
        () -> {
          if (beside == null) {
            beside = cl.queue(context, device, false);
          }
          MemorySegment before = cl.marker(queue);
          try {
            cl.flush(queue);
            return begun(cl.readAfter(beside, before, from.handle(), into));
          } finally {
            givenBack(() -> cl.releaseEvent(before));
          }
        });
  }

  private MemorySegment begun(MemorySegment event) {
    try {
      cl.flush(beside);
      return event;
    } catch (ClException e) {
      givenBack(() -> cl.releaseEvent(event));
      throw e;
    }
  }

  /** Waits for what is read, while others may use the card, and lets the event go. */
  void await(MemorySegment event) {
    try {
      tried(() -> cl.await(event));
    } finally {
      givenBack(() -> cl.releaseEvent(event));
    }
  }

  /** The computer's memory that a card reads into without holding anybody up. */
  synchronized Pinned pinned(long bytes) {
    check();
    MemorySegment handle = tried(() -> cl.pinned(context, bytes));
    try {
      Pinned made = new Pinned(this, handle, tried(() -> cl.map(queue, handle, bytes)));
      buffers++;
      return made;
    } catch (DeviceException e) {
      givenBack(() -> cl.releaseBuffer(handle));
      throw e;
    }
  }

  synchronized void unpin(MemorySegment handle, MemorySegment mapped) {
    givenBack(() -> cl.unmap(queue, handle, mapped));
    release(handle, 0);
  }

  /** Reads numbers from the beginning of a buffer. */
  synchronized void read(Buffer from, int[] into) {
    check();
    for (int done = 0; done < into.length; done += STAGE) {
      int some = Math.min(STAGE, into.length - done);
      MemorySegment staged = stage.asSlice(0, (long) some * Integer.BYTES);
      long place = (long) done * Integer.BYTES;
      tried(() -> cl.read(queue, from.handle(), place, staged));
      MemorySegment.copy(staged, JAVA_INT, 0, into, done, some);
    }
    if (into.length > 0) {
      done();
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
      written(to);
    }
  }

  Buffer copy(Buffer of) {
    Buffer b = allocate(of.bytes());
    copy(of, 0, b, 0, of.bytes());
    return b;
  }

  Buffer zeros(long numbers) {
    Buffer b = floats(numbers);
    zero(b);
    return b;
  }

  private synchronized void zero(Buffer b) {
    tried(() -> cl.zero(queue, b.handle(), 0, b.bytes() / Integer.BYTES * Integer.BYTES));
    written(b);
  }

  /** Waits until all is done that was asked. */
  synchronized void finish() {
    check();
    tried(() -> cl.finish(queue));
    done();
  }

  /** Puts a kernel into the queue; see {@link Cl#launch}. */
  void launch(String name, MemorySegment kernel, int dimensions, MemorySegment sizes) {
    check();
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

  MemorySegment queue() {
    return queue;
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
    if (bytes > info.largest() && bytes <= free()) {
      return String.format(
          Locale.ROOT,
          "%s gives no more than %.0f MiB in one piece, and %.0f are needed. Take a shorter prompt, or the processor (--device cpu).",
          info.name(),
          info.largest() / MIB,
          bytes / MIB);
    }
    return String.format(
        Locale.ROOT,
        "%s has no room for another %.0f MiB: %.0f of its %.0f MiB are taken. Take a shorter prompt, a file of the model with fewer bits per weight, or the processor (--device cpu).",
        info.name(),
        bytes / MIB,
        used.get() / MIB,
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
    if (ended || closing != null) {
      return;
    }
    closing = last;
    givenBack(() -> cl.finish(queue));
    done();
    if (times != null) {
      LOG.info("Kernels of {}:\n{}", info.name(), times.table());
    }
  }

  private void end() {
    ended = true;
    if (beside != null) {
      givenBack(() -> cl.releaseQueue(beside));
    }
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
