package org.emslens.app.lens;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.emslens.device.DeviceException;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.session.Asking;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Sampling;
import org.emslens.session.Session;
import org.emslens.text.ChatTemplate;

/** The model and the session that are open, if any. Lives on the engine's thread. */
final class OpenSession {
  /**
   * A picture takes a tenth of a second of one core where the processor paints it: with few cores,
   * that is taken from the tokens.
   */
  private static final long PUBLISH_EVERY_NANOS =
      Math.clamp(500 / Runtime.getRuntime().availableProcessors(), 60, 250) * 1_000_000L;

  private final Publisher publisher;
  private LoadedModel loaded;
  private Session session;

  /**
   * Steps that a re-planned run is generated to again, however often it was interrupted on the way.
   */
  private int reached;

  /**
   * Tokens up to the last one that the user chose: with other settings, they come again as they
   * are.
   */
  private List<Integer> line = List.of();

  /** Whether the user has stopped a plan on its way there. */
  private boolean stopped;

  /** The run before its settings changed, until it has come as far again; or null. */
  private Run whole;

  /** Receives what there is to see, on the engine's thread. */
  @FunctionalInterface
  interface Publisher {

    void publish(Run run, Look look);
  }

  /** Which step is to be shown. */
  enum Look {
    /** The one that is, or the newest where that is what is looked at. */
    STAY,
    NEWEST
  }

  OpenSession(Publisher publisher) {
    this.publisher = publisher;
  }

  /**
   * @throws IllegalStateException where none is open
   */
  LoadedModel model() {
    if (loaded == null) {
      throw new IllegalStateException("No model is open yet.");
    }
    return loaded;
  }

  /** The session, or null. */
  Session session() {
    return session;
  }

  /**
   * What is kept of the present run where another takes its place: one that is being generated
   * again is kept as it was before its settings changed.
   */
  Run left() {
    Run now = session.run();
    boolean reaches = whole == null || now.ended() || steps() >= whole.steps().size() - 1;
    return reaches ? now : whole;
  }

  /** Puts a loaded model in the place of the present one; what is shown stays, as a recording. */
  void install(LoadedModel made) throws IOException {
    LoadedModel before = loaded;
    loaded = made;
    try {
      if (session != null && session.canDecode()) {
        replace(Session.of(session.run()), Look.STAY);
      }
    } finally {
      if (before != null) {
        before.close();
      }
    }
  }

  /** Makes a session the open one. */
  void show(Session made, Look look) {
    show(made, made.run().said(), look);
  }

  /**
   * @param chosen how many of its tokens come again as they are under other settings
   */
  void show(Session made, int chosen, Look look) {
    line = tokens(made.run(), chosen);
    replace(made, look);
  }

  private void replace(Session made, Look look) {
    session = made;
    reached = made.run().steps().size() - 1;
    stopped = false;
    whole = null;
    publisher.publish(made.run(), look);
  }

  /**
   * Begins anew with a text, and what is asked once it is compressed; one that is open already is
   * not read again. What was open stays, until all is read.
   */
  void read(Asked asked, CacheChoice choice, Sampling sampling, Session.Detail detail, Progress p) {
    Model model = model().model();
    Asking asking = asked.asking(model).within(model);
    String text = asking.compressed();
    Session made =
        isRead(text)
            ? session.again(choice, sampling, detail, p)
            : Session.start(model, model().pass(), text, choice, sampling, detail, p);
    if (asking.afterwards() != null) {
      made.ask(asking.afterwards(), asked.question(), step -> p.at(1));
    }
    show(made, Look.NEWEST);
  }

  /** What cannot go on was made by another model, on a device that failed, or in another window. */
  private boolean isRead(String text) {
    return session != null && session.canDecode() && session.run().promptText().equals(text);
  }

  /**
   * The user's next turn of a chat, in the same cache, after what was said and answered so far; a
   * turn that is cancelled has not been said.
   */
  void say(String user, Job.Turn turn) {
    ChatTemplate chat = model().model().chat();
    if (!stopped) {
      generate(Math.max(reached, line.size()), turn);
    }
    settle();
    int before = steps();
    try {
      onDevice(
          () ->
              session.say(
                  chat,
                  user,
                  step -> {
                    reached = steps();
                    turn.at(0);
                  }));
      // It was chosen, as was what it answers to.
      line = tokens(session.run(), steps());
    } catch (CancellationException e) {
      session.backTo(before);
      throw e;
    } finally {
      reached = steps();
      publisher.publish(session.run(), Look.NEWEST);
    }
  }

  /** Plans the prompt's compression anew and generates again what was there. */
  void choose(Choosing choosing, Job.Turn turn) {
    if (session == null) {
      return;
    }
    int steps = reached;
    stopped = false;
    Run before = left();
    wakeFor(choosing.wanted(), steps, turn);
    if (!session.knows(choosing.wanted().choice())) {
      turn.say("Scoring the prompt for " + choosing.wanted().choice().policy().title());
    }
    onDevice(() -> session.know(choosing.wanted().choice(), turn));
    Choosing.Wanted now = choosing.take();
    turn.sayTitle();
    wakeFor(now, steps, turn);
    reached = steps;
    whole = before;
    onDevice(() -> session.choose(now.choice(), now.sampling(), turn));
    publisher.publish(session.run(), Look.STAY);
    if (session.canDecode()) {
      generate(Math.max(steps, line.size()), turn);
    }
  }

  /** A recording is read again where its model has to go on with it, or to be asked. */
  private void wakeFor(Choosing.Wanted wanted, int steps, Job.Turn turn) {
    boolean goesOn = steps > 0 || !wanted.sampling().equals(session.run().sampling());
    if (!session.canDecode() && (goesOn || !session.knows(wanted.choice())) && isItsModelOpen()) {
      wake(wanted.detail(), turn);
    }
  }

  /** What generating came to: tokens that were asked for, and those that came. */
  record Generated(int wanted, int made, boolean ended) {}

  /**
   * Generates so many tokens after the last one. Another choice that is let in meanwhile may end
   * its answer sooner; that takes nothing from what the next choice is generated to.
   */
  Generated more(int count, Job.Turn turn) {
    int first = stopped ? steps() : Math.max(reached, steps());
    settle();
    reached = first;
    // Another choice may have taken steps back meanwhile.
    publisher.publish(session.run(), Look.NEWEST);
    generate(first + count, turn);
    if (session.run().ended()) {
      // Another answer may be longer: under other settings it goes on to its own end.
      reached = first + count;
    }
    return new Generated(count, Math.max(0, steps() - first), session.run().ended());
  }

  /** Tokens go on from what there is now; only another plan generates again what was there. */
  void stop() {
    interrupt();
    whole = null;
  }

  /** Likewise, where something else is to take the place of the run. */
  void interrupt() {
    stopped = true;
  }

  /** The run that there is now is the one that is meant. */
  private void settle() {
    stopped = false;
    whole = null;
  }

  private int steps() {
    return session.run().steps().size() - 1;
  }

  /**
   * Generates until there are so many steps, showing what there is now and then, and at the end,
   * however it comes.
   */
  private void generate(int steps, Job.Turn turn) {
    int first = steps();
    long last = System.nanoTime();
    try {
      for (int i = first; i < steps && goesOn(i); i = steps()) {
        turn.at((double) (i - first) / (steps - first));
        turn.giveWay();
        // Another plan that was let in may have generated further, or less far.
        int next = steps();
        if (next >= steps || !goesOn(next)) {
          return;
        }
        onDevice(
            () -> {
              if (next < line.size()) {
                session.feed(line.get(next));
              } else {
                session.step();
              }
            });
        reached = Math.max(reached, steps());
        if (System.nanoTime() - last > PUBLISH_EVERY_NANOS) {
          last = System.nanoTime();
          publisher.publish(session.run(), Look.STAY);
        }
      }
    } finally {
      if (session != null) {
        publisher.publish(session.run(), Look.STAY);
      }
    }
  }

  /** What was chosen comes after the end of an answer as well. */
  private boolean goesOn(int step) {
    return step < line.size() ? session.canFeed() : session.canStep();
  }

  /**
   * Does something to the session where the device computes. One that fails half-way has left its
   * cache between two tokens: what was recorded is whole, and goes on from there when it is asked
   * to.
   */
  private void onDevice(Runnable work) {
    try {
      work.run();
    } catch (DeviceException | OutOfMemoryError e) {
      int steps = reached;
      replace(Session.of(session.run()), Look.STAY);
      reached = steps;
      throw e;
    }
  }

  /** Goes on after a step with another token. */
  void branch(int index, int token) {
    onDevice(() -> session.branch(index, token));
    whole = null;
    line = tokens(session.run(), index + 1);
    reached = steps();
    publisher.publish(session.run(), Look.NEWEST);
  }

  /** How many tokens come again as they are under other settings. */
  int chosen() {
    return line.size();
  }

  private static List<Integer> tokens(Run run, int n) {
    return run.steps().stream().skip(1).limit(n).map(s -> s.token().id()).toList();
  }

  /**
   * Makes a run that was left the open one again; one on another prompt, to look at.
   *
   * @param chosen how many of its tokens come again as they are
   */
  void goBack(Run left, int chosen, Progress p) {
    if (session.canRestore(left)) {
      session.restore(left, p);
      whole = null;
      reached = steps();
      publisher.publish(session.run(), Look.NEWEST);
    } else {
      replace(Session.of(left), Look.NEWEST);
    }
    line = tokens(left, chosen);
  }

  /**
   * Readies a recording to go on with the open model.
   *
   * @throws IllegalStateException where no model is open, or another
   */
  void wake(Session.Detail detail, Job.Turn p) {
    if (session == null) {
      throw new IllegalStateException("Nothing is open yet; run a prompt first.");
    }
    if (!session.canDecode()) {
      Run recorded = session.run();
      if (!isItsModelOpen()) {
        throw new IllegalStateException(
            "This session was recorded with " + recorded.model() + "; open that model to go on.");
      }
      p.say("Reading the prompt again");
      replace(Session.resume(recorded, loaded.model(), loaded.pass(), detail, p), Look.STAY);
      p.sayTitle();
    }
  }

  private boolean isItsModelOpen() {
    return loaded != null && session.run().madeBy(loaded.model());
  }

  /** Gives back what the model takes. */
  void close() throws IOException {
    session = null;
    if (loaded != null) {
      loaded.close();
      loaded = null;
    }
  }
}
