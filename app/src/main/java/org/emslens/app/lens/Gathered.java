package org.emslens.app.lens;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What may come faster than it can be shown: it is told together, on the screen's thread, which has
 * time for other things between.
 */
public final class Gathered<T> {
  /** Between two tellings: more a second would hardly be seen. */
  private static final long GAP_MILLIS = 100;

  /** As much of the screen's thread's time as this leaves to others, in times of its own. */
  private static final int LEFT = 4;

  private final Executor screen;
  private final Consumer<List<T>> shown;
  private final List<T> waiting = new ArrayList<>();
  private boolean due;
  private long next = System.nanoTime();

  /**
   * @param shown told what has come since it was told last, never nothing
   */
  public Gathered(Executor screen, Consumer<List<T>> shown) {
    this.screen = screen;
    this.shown = shown;
  }

  /** Something has come, on any thread; the first is told at once. */
  public synchronized void add(T one) {
    waiting.add(one);
    if (!due) {
      due = true;
      long wait = next - System.nanoTime();
      (wait <= 0 ? screen : CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS, screen))
          .execute(this::tell);
    }
  }

  /** Tells what waits, if anything does; on the screen's thread. */
  public void tell() {
    long start = System.nanoTime();
    List<T> told = taken();
    try {
      if (!told.isEmpty()) {
        shown.accept(told);
      }
    } finally {
      rest(start);
    }
  }

  private synchronized List<T> taken() {
    List<T> told = List.copyOf(waiting);
    waiting.clear();
    return told;
  }

  private synchronized void rest(long start) {
    long now = System.nanoTime();
    next = now + Math.max(TimeUnit.MILLISECONDS.toNanos(GAP_MILLIS), LEFT * (now - start));
    due = !waiting.isEmpty();
    if (due) {
      CompletableFuture.delayedExecutor(next - now, TimeUnit.NANOSECONDS, screen)
          .execute(this::tell);
    }
  }
}
