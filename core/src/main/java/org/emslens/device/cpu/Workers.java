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
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private volatile Job job = new Job(0, 0, i -> {});
  private volatile boolean closed;
  private volatile Throwable failure;

  private record Job(long number, int tasks, IntConsumer task) {}

  Workers(int helpers) {
    threads = new Thread[helpers];
    for (int i = 0; i < helpers; i++) {
      threads[i] = new Thread(this::help, "emslens-worker-" + i);
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  /** Runs task(0) ... task(tasks - 1), some of them elsewhere, and returns when all are done. */
  void run(int tasks, IntConsumer task) {
    if (closed) {
      throw new IllegalStateException("This device has been closed.");
    }
    failure = null;
    done.set(0);
    next.set(0);
    job = new Job(job.number + 1, tasks, task);
    for (Thread t : threads) {
      LockSupport.unpark(t);
    }
    take(job);
    // Helpers report when they have left the job, so that none still claims tasks when the next
    // begins.
    // Where other programs need the processor, a helper may be waiting for just this thread's
    // place.
    for (int spins = 0; done.get() < threads.length; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    switch (failure) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(failure);
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

  private void take(Job j) {
    try {
      for (int i = next.getAndIncrement(); i < j.tasks; i = next.getAndIncrement()) {
        j.task.accept(i);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void help() {
    long seen = 0;
    while (!closed) {
      int spins = 0;
      while (job.number == seen && !closed) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      if (!closed) {
        Job j = job;
        seen = j.number;
        take(j);
        done.incrementAndGet();
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
