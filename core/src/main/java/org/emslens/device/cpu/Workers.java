package org.emslens.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Threads for jobs of a few microseconds: they wait spinning for a moment, then parked, so that the
 * next job starts at once while decoding and nothing burns while idle. One caller at a time.
 */
final class Workers implements AutoCloseable {
  private static final int SPINS = 4000;

  private final Thread[] threads;
  private volatile Job job = new Job(0, i -> {});
  private volatile boolean closed;

  /** Tasks that whoever has time takes one by one. */
  private static final class Job {
    private final int tasks;
    private final IntConsumer task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Throwable failure;

    Job(int tasks, IntConsumer task) {
      this.tasks = tasks;
      this.task = task;
    }

    /** Takes what is left; after a failure the rest is passed over. */
    void take() {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          if (failure == null) {
            task.accept(i);
          }
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          done.incrementAndGet();
        }
      }
    }

    boolean isDone() {
      return done.get() >= tasks;
    }
  }

  Workers(int helpers) {
    threads = new Thread[helpers];
    for (int i = 0; i < helpers; i++) {
      threads[i] = new Thread(this::help, "emslens-worker-" + i);
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  /** Threads that run tasks, with the caller's. */
  int threads() {
    return threads.length + 1;
  }

  /** Runs task(0) ... task(tasks - 1), some of them elsewhere, and returns when all are done. */
  void run(int tasks, IntConsumer task) {
    if (closed) {
      throw new IllegalStateException("This device has been closed.");
    }
    Job now = new Job(tasks, task);
    job = now;
    for (Thread t : threads) {
      LockSupport.unpark(t);
    }
    now.take();
    // What was not begun elsewhere is done by now: where other programs have the processors, nobody
    // waits for a helper that has none.
    for (int spins = 0; !now.isDone(); spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    switch (now.failure) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(now.failure);
    }
  }

  /** Part i of a job, done with what belongs to this thread alone. */
  @FunctionalInterface
  interface Part {
    void run(int thread, int i);
  }

  /** Runs parts 0 ... parts - 1, each thread taking the next one. */
  void share(int threads, int parts, Part part) {
    AtomicInteger taken = new AtomicInteger();
    run(
        Math.min(threads, parts),
        thread -> {
          for (int i = taken.getAndIncrement(); i < parts; i = taken.getAndIncrement()) {
            part.run(thread, i);
          }
        });
  }

  private void help() {
    Job seen = job;
    while (!closed) {
      int spins = 0;
      while (job == seen && !closed) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      if (!closed) {
        seen = job;
        seen.take();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread t : threads) {
      LockSupport.unpark(t);
    }
  }
}
