package org.emslens.app.main;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.emslens.cli.Failures;
import org.emslens.engine.Progress;

/**
 * The one thread on which models are loaded and run. Jobs follow one another; a new one may ask the
 * running one to stop. Results and news arrive on the screen's thread.
 */
public final class EngineThread implements AutoCloseable {
  private final ExecutorService engine;
  private final Executor screen;
  private AtomicBoolean stop = new AtomicBoolean();

  /** A job; it calls `progress` often, which throws where the job was cancelled. */
  @FunctionalInterface
  public interface Job {
    void run(Progress progress) throws Exception;
  }

  /**
   * @param screen runs what changes what is shown: Platform::runLater, or the calling thread in
   *     tests
   */
  public EngineThread(Executor screen) {
    this.screen = screen;
    this.engine =
        Executors.newSingleThreadExecutor(
            r -> {
              Thread t = new Thread(r, "emslens-engine");
              t.setDaemon(true);
              return t;
            });
  }

  /**
   * Cancels what runs and waits, then runs a job.
   *
   * @param progress told shares from 0 to 1, on the screen's thread
   * @param done told null, or why it failed, on the screen's thread; not told where it was
   *     cancelled
   */
  public synchronized void submit(Job job, Consumer<Double> progress, Consumer<String> done) {
    cancel();
    AtomicBoolean mine = new AtomicBoolean();
    stop = mine;
    engine.execute(() -> run(job, mine, progress, done));
  }

  private void run(Job job, AtomicBoolean mine, Consumer<Double> progress, Consumer<String> done) {
    long[] last = {0};
    Progress p =
        share -> {
          if (mine.get()) {
            throw new CancellationException("Cancelled.");
          }
          long now = System.nanoTime();
          if (now - last[0] > 30_000_000 || share >= 1) {
            last[0] = now;
            screen.execute(() -> progress.accept(share));
          }
        };
    try {
      p.at(0);
      job.run(p);
      if (!mine.get()) {
        screen.execute(() -> done.accept(null));
      }
    } catch (CancellationException e) {
      // Asked for; whoever asked shows something else by now.
    } catch (Exception | Error e) {
      Failures.log(e);
      if (!mine.get()) {
        screen.execute(() -> done.accept(Failures.sentence(e)));
      }
    }
  }

  /** Asks the running job to stop and drops those that wait. */
  public synchronized void cancel() {
    stop.set(true);
  }

  /** Runs something on the screen's thread. */
  public void show(Runnable r) {
    screen.execute(r);
  }

  @Override
  public void close() {
    cancel();
    engine.shutdown();
  }
}
