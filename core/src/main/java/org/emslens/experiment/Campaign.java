package org.emslens.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;

/**
 * All trials of an experiment that a result folder does not hold yet, on one or more threads, each
 * with an engine of its own.
 */
public final class Campaign {
  private final ResultStore store;
  private final Experiment.Listener listener;
  private final Models models;
  private final Progress progress;

  /** Opens models; called by every thread for itself. */
  @FunctionalInterface
  public interface Models {
    LoadedModel open(String model) throws IOException;
  }

  /**
   * @param listener called by several threads, one at a time
   * @param progress throws to stop all
   */
  public Campaign(
      ResultStore store, Models models, Experiment.Listener listener, Progress progress) {
    this.store = store;
    this.models = models;
    this.listener = listener;
    this.progress = progress;
  }

  /** Trials that are still to be run. */
  public static List<Trial> left(List<Trial> trials, ResultStore store) {
    return trials.stream().filter(t -> !store.has(t.key())).toList();
  }

  /** Runs what is left; results are in the store as soon as they are there. */
  public void run(List<Trial> trials, int jobs) throws IOException {
    Queue<List<Trial>> groups = new ConcurrentLinkedQueue<>(Experiment.groups(left(trials, store)));
    if (groups.isEmpty()) {
      return;
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(jobs)) {
      List<Future<?>> running =
          IntStream.range(0, Math.min(jobs, groups.size()))
              .<Future<?>>mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            work(groups);
                            return null;
                          }))
              .toList();
      for (Future<?> f : running) {
        try {
          f.get();
        } catch (ExecutionException e) {
          groups.clear();
          rethrow(e.getCause());
        } catch (InterruptedException e) {
          groups.clear();
          Thread.currentThread().interrupt();
          throw new IOException("Interrupted.", e);
        }
      }
    }
  }

  private static void rethrow(Throwable cause) throws IOException {
    if (cause instanceof IOException e) {
      throw e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(cause);
  }

  private void work(Queue<List<Trial>> groups) throws IOException {
    String name = null;
    LoadedModel loaded = null;
    try {
      for (List<Trial> group = groups.poll(); group != null; group = groups.poll()) {
        if (!group.getFirst().model().equals(name)) {
          if (loaded != null) {
            loaded.close();
            loaded = null;
          }
          name = group.getFirst().model();
          loaded = models.open(name);
        }
        Experiment.run(loaded, group, new Stored(), progress);
      }
    } finally {
      if (loaded != null) {
        loaded.close();
      }
    }
  }

  private final class Stored implements Experiment.Listener {
    @Override
    public void working(String what, double share) {
      synchronized (listener) {
        listener.working(what, share);
      }
    }

    @Override
    public void done(Outcome outcome) {
      try {
        store.add(outcome);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      synchronized (listener) {
        listener.done(outcome);
      }
    }
  }
}
