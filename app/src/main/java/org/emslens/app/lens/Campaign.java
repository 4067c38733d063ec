package org.emslens.app.lens;

import java.util.List;
import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import org.emslens.engine.LoadedModel;
import org.emslens.session.Session;

/** The long work of one page, of which the window does one at a time: a page ends only its own. */
public final class Campaign {
  private final Jobs jobs;
  private final Said said;
  private final OpenSession open;
  private final BooleanBinding running;
  private Job job;

  /** What is done, with what is open; on the engine's thread. */
  @FunctionalInterface
  public interface Work {

    /**
     * @param session what is shown, or null
     */
    void run(LoadedModel loaded, Session session, Job.Turn turn) throws Exception;
  }

  Campaign(Jobs jobs, Said said, OpenSession open) {
    this.jobs = jobs;
    this.said = said;
    this.open = open;
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
    boolean own = isOn(job);
    askToEnd(
        jobs,
        said,
        own ? again : other(jobs, what) + "What that has shown so far stays.",
        own ? "Start again" : "End it",
        () -> begin(what, work, ended));
  }

  private void begin(String what, Work work, Consumer<Job.End> ended) {
    said.over(this);
    job =
        jobs.start(
            JobKind.CAMPAIGN,
            what,
            turn -> work.run(open.model(), open.session(), turn),
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
    return what + " ends what runs now: " + jobs.title(JobKind.CAMPAIGN) + ". ";
  }

  /**
   * Does something at once, or asks first where that ends what runs. The question goes once that
   * has ended by itself, since nothing is left to be decided.
   *
   * @param yes what the answer is called that ends it
   */
  static void askToEnd(Jobs jobs, Said said, String question, String yes, Runnable instead) {
    Job now = jobs.current(JobKind.CAMPAIGN);
    if (now == null) {
      instead.run();
      return;
    }
    said.ask(
        now,
        question,
        List.of(
            new Notice.Answer("ask-no", "Let it go on", () -> {}),
            new Notice.Answer("ask-yes", yes, instead)));
  }
}
