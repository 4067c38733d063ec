package org.emslens.app.lens;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import org.emslens.cli.Failures;
import org.emslens.device.DeviceException;

/**
 * All jobs of the window. Each kind has its lane, a thread that does one job at a time; what goes
 * first waits for the next place where the running job gives way. Called on the screen's thread,
 * where news and ends arrive as well.
 */
public final class Jobs {
  private static final long TELL_EVERY_NANOS = 30_000_000;

  private final Executor screen;
  private final Map<JobKind.Lane, LaneThread> lanes = new EnumMap<>(JobKind.Lane.class);
  private final ObservableList<Job> all = FXCollections.observableArrayList();
  private final ObservableList<Job> running = all.filtered(j -> j.kind().shown());

  /**
   * @param screen runs what changes what is shown: Platform::runLater
   */
  public Jobs(Executor screen) {
    this.screen = screen;
    for (JobKind.Lane lane : JobKind.Lane.values()) {
      lanes.put(lane, new LaneThread(lane));
    }
  }

  /** Jobs that run or wait and that the user is told of, oldest first. */
  public ObservableList<Job> running() {
    return running;
  }

  /** Whether nothing runs or waits but what is only worth doing while nothing else is. */
  public boolean isIdle() {
    return all.stream().allMatch(j -> j.kind() == JobKind.REHEARSAL);
  }

  /**
   * Runs a job, after those that are before it in its lane. Where there can be one of its kind
   * only, the older one ends.
   *
   * @param ended told how it ended, whoever ended it
   */
  public Job start(JobKind kind, String title, Job.Work work, Consumer<Job.End> ended) {
    if (kind.single()) {
      end(kind);
    }
    if (kind.lane() == JobKind.Lane.ENGINE) {
      end(JobKind.REHEARSAL);
    }
    Job job = new Job(kind, title, work, ended);
    all.add(job);
    lanes.get(kind.lane()).add(job);
    return job;
  }

  /** Ends jobs of a kind, those that wait included. */
  public void end(JobKind kind) {
    List<Job> ended = all.stream().filter(j -> j.kind() == kind).toList();
    ended.forEach(Job::cancel);
    // Those that were not begun have nothing to finish.
    all.removeAll(ended.stream().filter(j -> !j.hasStarted()).toList());
  }

  /** Whether a job of this kind runs or waits that nobody has told to stop. */
  public boolean has(JobKind kind) {
    return current(kind) != null;
  }

  /** The job of this kind that runs or waits and that nobody has told to stop, or null. */
  public Job current(JobKind kind) {
    return all.stream().filter(j -> j.kind() == kind && !j.isCancelled()).findFirst().orElse(null);
  }

  /** Does something when a job that the user is told of is no longer there, however it ended. */
  void onceEnded(Job job, Runnable then) {
    running.addListener(
        new ListChangeListener<Job>() {
          @Override
          public void onChanged(Change<? extends Job> c) {
            if (!running.contains(job)) {
              running.removeListener(this);
              then.run();
            }
          }
        });
  }

  /** What such a job does, in words, or nothing where there is none. */
  String title(JobKind kind) {
    Job j = current(kind);
    return j == null ? "" : j.titleProperty().get();
  }

  /**
   * Ends everything, then does one last thing where the engine lives, after which no job runs any
   * more.
   */
  void close(Job.Work last) {
    for (JobKind kind : JobKind.values()) {
      end(kind);
    }
    start(JobKind.INSTALL, "Closing", last, end -> {});
    lanes.values().forEach(LaneThread::close);
  }

  /** A job that a newer one of its kind has replaced reports nothing, even where it was faster. */
  private void finish(Job job, Job.End end) {
    screen.execute(
        () -> {
          all.remove(job);
          boolean replaced = job.kind().single() && job.isCancelled();
          // What was broken off may well have failed by that.
          boolean broken = job.isCancelled() && end instanceof Job.End.Failed;
          job.end(replaced || broken ? new Job.End.Cancelled() : end);
        });
  }

  /** A thread and what waits for it. */
  private final class LaneThread extends Thread {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private record Waiting(Job job, long number) {}

    private volatile boolean closed;

    private final PriorityBlockingQueue<Waiting> queue =
        new PriorityBlockingQueue<>(
            8,
            Comparator.<Waiting>comparingInt(w -> w.job.kind().rank())
                .thenComparingLong(w -> w.number));

    LaneThread(JobKind.Lane lane) {
      super("emslens-" + lane.name().toLowerCase(Locale.ROOT));
      setDaemon(true);
      start();
    }

    void add(Job job) {
      queue.add(new Waiting(job, NUMBERS.incrementAndGet()));
    }

    @Override
    public void run() {
      try {
        while (!closed || !queue.isEmpty()) {
          Waiting next = queue.poll(1, TimeUnit.SECONDS);
          if (next != null) {
            work(next.job);
          }
        }
      } catch (InterruptedException e) {
        // Nobody interrupts but who ends the program.
      }
    }

    void close() {
      closed = true;
    }

    private void work(Job job) {
      job.started();
      try {
        if (job.isCancelled()) {
          throw new CancellationException();
        }
        job.work().run(new JobTurn(job, this));
        finish(job, new Job.End.Done());
      } catch (CancellationException e) {
        finish(job, new Job.End.Cancelled());
      } catch (Exception | Error e) {
        Failures.log(e);
        finish(job, new Job.End.Failed(Failures.sentence(e), e instanceof DeviceException));
      }
    }

    /** Those that wait and go before a job; none once one of them has ended the job itself. */
    void letIn(Job job) {
      int rank = job.kind().rank();
      for (Waiting w = queue.peek();
          w != null && w.job.kind().rank() < rank && !job.isCancelled();
          w = queue.peek()) {
        if (queue.remove(w)) {
          work(w.job);
        }
      }
    }
  }

  private final class JobTurn implements Job.Turn {
    private final Job job;
    private final LaneThread lane;
    private long told;

    JobTurn(Job job, LaneThread lane) {
      this.job = job;
      this.lane = lane;
    }

    @Override
    public void at(double share) {
      if (job.isCancelled()) {
        throw new CancellationException("Cancelled.");
      }
      long now = System.nanoTime();
      if (now - told > TELL_EVERY_NANOS || share >= 1) {
        told = now;
        screen.execute(() -> job.tell(share));
      }
    }

    @Override
    public void giveWay() {
      if (job.isCancelled()) {
        throw new CancellationException("Cancelled.");
      }
      lane.letIn(job);
      if (job.isCancelled()) {
        throw new CancellationException("Cancelled.");
      }
    }

    @Override
    public void say(String what) {
      screen.execute(() -> job.titleProperty().set(what));
    }

    @Override
    public void sayTitle() {
      say(job.called());
    }
  }
}
