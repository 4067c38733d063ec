package org.emslens.app.lens;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.emslens.engine.Progress;

/**
 * Something that takes time, as the user sees it: what it is, how far, how long still, and a way to
 * stop it. Properties change on the screen's thread.
 */
public final class Job {
  private final JobKind kind;

  /** Its title, whatever it says meanwhile. */
  private final String called;

  private final StringProperty title = new SimpleStringProperty(this, "title");
  private final DoubleProperty progress = new SimpleDoubleProperty(this, "progress", 0);
  private final Work work;
  private final Consumer<End> ended;
  private volatile boolean cancelled;
  private volatile long started;
  private final Remaining remaining = new Remaining();

  /** What a job does, off the screen's thread. */
  @FunctionalInterface
  public interface Work {
    void run(Turn turn) throws Exception;
  }

  /** A job's way to tell how far it is, to learn that it was cancelled, and to let others in. */
  public interface Turn extends Progress {

    /**
     * Runs jobs that go first and wait on the same thread. Called where nothing of this job's is
     * under way in the engine.
     *
     * @throws CancellationException where this job was cancelled
     */
    void giveWay();

    /** Says what is going on now. */
    void say(String what);

    /** Says again what the job is called. */
    default void sayTitle() {}
  }

  /** How a job ended. */
  public sealed interface End {
    /** It did what it was to do. */
    record Done() implements End {}

    /** It was told to stop; what it had done by then counts. */
    record Cancelled() implements End {}

    /**
     * @param why one sentence
     * @param ofDevice whether what computes has failed, so that another may do it
     */
    record Failed(String why, boolean ofDevice) implements End {}
  }

  Job(JobKind kind, String title, Work work, Consumer<End> ended) {
    this.kind = kind;
    called = title;
    this.title.set(title);
    this.work = work;
    this.ended = ended;
  }

  public JobKind kind() {
    return kind;
  }

  public StringProperty titleProperty() {
    return title;
  }

  String called() {
    return called;
  }

  /** From 0 to 1. */
  public ReadOnlyDoubleProperty progressProperty() {
    return progress;
  }

  /** Estimated from what has passed; NaN where it is too early to tell. */
  public double secondsLeft() {
    return started == 0 ? Double.NaN : remaining.seconds(passed());
  }

  private double passed() {
    return (System.nanoTime() - started) / 1e9;
  }

  /** Asks it to stop; it publishes what it has done. */
  public void cancel() {
    cancelled = true;
  }

  public boolean isCancelled() {
    return cancelled;
  }

  boolean hasStarted() {
    return started != 0;
  }

  void started() {
    started = System.nanoTime();
  }

  Work work() {
    return work;
  }

  void tell(double share) {
    progress.set(share);
    remaining.tell(passed(), share);
  }

  void end(End end) {
    ended.accept(end);
  }
}
