package org.emslens.app.controls;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.application.Platform;
import org.emslens.cli.Failures;

/**
 * Computes what a region draws, off the screen's thread; only the newest request counts, older ones
 * are dropped or told to stop.
 */
public final class Background {
  private static final ExecutorService THREADS =
      Executors.newFixedThreadPool(
          2,
          r -> {
            Thread t = new Thread(r, "emslens-pictures");
            t.setDaemon(true);
            return t;
          });

  private final AtomicLong newest = new AtomicLong();

  /**
   * @param work told whether it has become stale; may return null then
   * @param show receives the result on the screen's thread, unless a newer request came
   */
  public <T> void request(Function<BooleanSupplier, T> work, Consumer<T> show) {
    long mine = newest.incrementAndGet();
    BooleanSupplier stale = () -> newest.get() != mine;
    THREADS.execute(
        () -> {
          if (stale.getAsBoolean()) {
            return;
          }
          try {
            T result = work.apply(stale);
            if (result != null && !stale.getAsBoolean()) {
              Platform.runLater(
                  () -> {
                    if (!stale.getAsBoolean()) {
                      show.accept(result);
                    }
                  });
            }
          } catch (RuntimeException | Error e) {
            failed(e, stale.getAsBoolean());
          }
        });
  }

  /** What cannot be drawn is told as any other fault is; what is of no use any more is not. */
  private static void failed(Throwable e, boolean stale) {
    if (stale) {
      Failures.log(e);
    } else {
      Platform.runLater(
          () -> {
            Thread screen = Thread.currentThread();
            screen.getUncaughtExceptionHandler().uncaughtException(screen, e);
          });
    }
  }
}
