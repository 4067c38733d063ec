package org.emslens.app.lens;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import org.emslens.engine.LoadedModel;
import org.emslens.session.Session;

/** The long work of one page, of which the window does one at a time: a page ends only its own. */
public final class Campaign {
  private final Jobs jobs;
  private final Said said;
  private final OpenSession open;
  private final Supplier<Session.Detail> detail;
  private final BooleanBinding running;
  private Job job;

  /** What is shown, when work asks for it. */
  @FunctionalInterface
  public interface Shown {

    /**
     * It as one that decodes with the open model; a recording's prompt is read again for that.
     *
     * @throws IllegalStateException where nothing is shown, or what another model has made
     */
    Session session();
  }

  /** What is done, with what is open; on the engine's thread. */
  @FunctionalInterface
  public interface Work {
    void run(LoadedModel loaded, Shown shown, Job.Turn turn) throws Exception;
  }

  /**
   * @param detail with which a recording that is shown goes on; asked on the screen's thread
   */
  Campaign(Jobs jobs, Said said, OpenSession open, Supplier<Session.Detail> detail) {
    this.jobs = jobs;
    this.said = said;
    this.open = open;
    this.detail = detail;
    running = Bindings.createBooleanBinding(() -> isOn(job), jobs.running());
  }

  private boolean isOn(Job j) {
    return j != null && jobs.running().contains(j);
  }

  /** Whether this page's work runs or waits. */
  public BooleanBinding runningBinding() {
    return running;
  }

  /**
   * Begins where a model is open. Where something of this kind runs, it asks before that ends.
   *
   * @param again asked where it is this page's own that runs: what beginning again does to it
   * @param ended told how it ended, on the screen's thread
   */
  public void run(String what, String again, Work work, Consumer<Job.End> ended) {
    if (isOn(job)) {
      said.ask(job, again, answers("Start again", () -> begin(what, work, ended)));
      return;
    }
    askToEnd(
        jobs,
        said,
        other(jobs, what) + "What that has shown so far stays.",
        () -> begin(what, work, ended));
  }

  private void begin(String what, Work work, Consumer<Job.End> ended) {
    said.over(this);
    Session.Detail beside = detail.get();
    job =
        jobs.start(
            JobKind.CAMPAIGN,
            what,
            turn ->
                work.run(
                    open.model(),
                    () -> {
                      open.wake(beside, turn);
                      return open.session();
                    },
                    turn),
            end -> {
              said.ended(this, end, () -> {});
              ended.accept(end);
            });
    running.invalidate();
  }

  /** Ends what this page does, and nothing of another's; tells whether there was anything. */
  public boolean cancel() {
    boolean on = isOn(job);
    if (on) {
      job.cancel();
    }
    return on;
  }

  /** What is asked where one thing ends another. */
  static String other(Jobs jobs, String what) {
    return "“" + what + "” ends what runs now: “" + jobs.title(JobKind.CAMPAIGN) + "”. ";
  }

  /**
   * Does something at once, or asks first where that ends what runs. Once that has ended by itself,
   * nothing is left to be decided: it is done then.
   */
  static void askToEnd(Jobs jobs, Said said, String question, Runnable instead) {
    Job now = jobs.current(JobKind.CAMPAIGN);
    if (now == null) {
      instead.run();
    } else {
      Runnable yes =
          () -> {
            now.cancel();
            instead.run();
          };
      said.askWhile(jobs, now, question, answers("End it", yes), instead);
    }
  }

  private static List<Notice.Answer> answers(String yes, Runnable instead) {
    return List.of(
        new Notice.Answer("ask-no", "Let it go on", () -> {}),
        new Notice.Answer("ask-yes", yes, instead));
  }
}
