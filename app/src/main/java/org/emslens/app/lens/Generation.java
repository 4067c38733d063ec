package org.emslens.app.lens;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.emslens.session.Run;
import org.emslens.session.Session;
import org.emslens.session.Step;

/** What goes on from the run that is shown: tokens, turns of a chat, and branches. */
public final class Generation {
  private final Lens lens;
  private final OpenSession open;
  private final Executor screen;
  private final Jobs jobs;
  private final Said said;

  /**
   * @param screen runs what changes what is shown
   */
  Generation(Lens lens, OpenSession open, Executor screen) {
    this.lens = lens;
    this.open = open;
    this.screen = screen;
    jobs = lens.jobs();
    said = lens.said();
  }

  /** Generates tokens after the last one and shows the newest. */
  public Job step(int count) {
    Session.Detail beside = lens.detail();
    OpenSession.Generated[] made = new OpenSession.Generated[1];
    said.over(Said.Subject.RUN);
    lens.lookAtNewest();
    return jobs.start(
        JobKind.GENERATE,
        count == 1 ? "Generating a token" : "Generating " + count + " tokens",
        turn -> {
          open.wake(beside, turn);
          made[0] = open.more(count, turn);
        },
        end -> said.ended(Said.Subject.RUN, end, () -> said.say(Said.Subject.RUN, words(made[0]))));
  }

  /** The user's next turn of a chat that is shown, in the same cache; then the model answers. */
  public void say(String user) {
    Session.Detail beside = lens.detail();
    said.over(Said.Subject.RUN);
    lens.lookAtNewest();
    jobs.start(
        JobKind.GENERATE,
        "Reading your turn",
        turn -> {
          open.wake(beside, turn);
          open.say(user, turn);
        },
        end -> said.ended(Said.Subject.RUN, end, () -> said.say(Said.Subject.RUN, Lens.READ)));
  }

  /** How generating came to its end. */
  private static String words(OpenSession.Generated g) {
    if (g.ended() && g.wanted() == 1) {
      return "The model has ended its answer";
    }
    String share = g.made() + " of " + g.wanted() + " tokens";
    return g.ended() && g.made() == 0
        ? "The model has ended its answer"
        : g.ended()
            ? "The model ended its answer at " + share
            : g.made() < g.wanted() ? "The model's context is full after " + share : "Ready";
  }

  /**
   * Goes on from a step with another token; the steps that come after it now stay a branch. The
   * token that came there is just the next step. Not while a prompt is read, whose steps these are
   * not.
   */
  public void branch(int index, int token) {
    if (jobs.has(JobKind.READ)) {
      return;
    }
    List<Step> steps = lens.runProperty().get().steps();
    if (index + 1 < steps.size() && steps.get(index + 1).token().id() == token) {
      lens.selection().stepProperty().set(index + 1);
      return;
    }
    Session.Detail beside = lens.detail();
    boolean[] gone = new boolean[1];
    said.over(Said.Subject.RUN);
    jobs.start(
        JobKind.GENERATE,
        "Branching",
        turn -> {
          open.wake(beside, turn);
          Run left = open.session().run();
          // A second click may be meant for a line that the first one has left, and what is being
          // compressed anew may say something else before that token.
          gone[0] = !beginsAlike(left.steps(), steps, index);
          if (!gone[0]) {
            int chosen = open.chosen();
            open.branch(index, token);
            if (index + 1 < left.steps().size()) {
              screen.execute(() -> lens.branches().add(left, chosen));
            }
          }
        },
        end ->
            said.ended(
                Said.Subject.RUN,
                end,
                () -> {
                  if (gone[0]) {
                    said.say(
                        Said.Subject.RUN,
                        "Another text has come before that token meanwhile; choose it again");
                  }
                }));
  }

  /** Whether two runs have the same tokens up to a step. */
  private static boolean beginsAlike(List<Step> a, List<Step> b, int index) {
    return index < a.size()
        && IntStream.rangeClosed(1, index)
            .allMatch(i -> a.get(i).token().id() == b.get(i).token().id());
  }

  /** Makes a branch that was left the shown run again, and the shown one a branch. */
  public void goBack(Branches.Branch to) {
    if (jobs.has(JobKind.READ)) {
      return;
    }
    said.over(Said.Subject.RUN);
    jobs.end(JobKind.PLAN);
    lens.settings().move(to.run().choice(), to.run().sampling());
    jobs.start(
        JobKind.GENERATE,
        "Going back to a branch",
        turn -> {
          Run left = open.left();
          int chosen = open.chosen();
          open.goBack(to.run(), to.chosen(), turn);
          screen.execute(
              () -> {
                lens.branches().swap(to, left, chosen);
                if (!to.run().isOnTheSame(left)) {
                  lens.tell(new Opened(to.run(), ""));
                }
              });
        },
        end -> {
          said.ended(Said.Subject.RUN, end, () -> {});
          lens.settle();
        });
  }
}
