package org.emslens.app.compare;

import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.emslens.app.lens.Campaign;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.engine.LoadedModel;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Session;
import org.emslens.session.Step;

/** Two to four lanes on the prompt that is open, stepping together. */
final class CompareModel {
  private static final long PUBLISH_EVERY_NANOS = 80_000_000;
  private static final String AGAIN =
      "The comparison is still running; start again? What it shows so far goes.";

  private final Lens lens;
  private final Campaign campaign;
  private final ReadOnlyObjectWrapper<Shown> shown = new ReadOnlyObjectWrapper<>(this, "shown");

  /** Touched on the engine's thread only, likewise `lanes`. */
  private List<Session> sessions = List.of();

  private List<Lane> lanes = List.of();

  /** How many of the lanes are left of those that were begun with; set on the screen's thread. */
  private volatile int kept;

  /** The last step of each lane that a table holds. */
  private List<Step> exported = List.of();

  /** The engine that the sessions live in. */
  private LoadedModel engine;

  /** Whether the sessions cannot go on, since something failed within a token. */
  private boolean broken;

  private final BooleanBinding canGoOn =
      Bindings.createBooleanBinding(
          () ->
              shown.get() != null
                  && shown.get().comparison().runs().stream().anyMatch(r -> !r.ended()),
          shown);

  CompareModel(Lens lens) {
    this.lens = lens;
    campaign = lens.campaign();
    lens.models().modelProperty().addListener((o, before, now) -> drop());
    lens.runProperty().addListener((o, before, now) -> shown(now));
  }

  /**
   * What there is to see.
   *
   * @param step that all runs are shown at
   */
  record Shown(Comparison comparison, int step) {}

  /** What there is to see, or null. */
  ReadOnlyObjectProperty<Shown> shownProperty() {
    return shown.getReadOnlyProperty();
  }

  /** Whether some run that is shown has not ended its answer. */
  BooleanBinding canGoOnBinding() {
    return canGoOn;
  }

  /** Ends what is compared, if anything; tells whether it did. */
  boolean cancel() {
    return campaign.cancel();
  }

  BooleanBinding runningBinding() {
    return campaign.runningBinding();
  }

  /** What was compared on another prompt says nothing about the one that is open now. */
  private void shown(Run open) {
    Shown now = shown.get();
    if (now != null && !isOf(now.comparison, open)) {
      campaign.cancel();
      drop();
    }
  }

  private static boolean isOf(Comparison c, Run open) {
    return open == null || c.runs().getFirst().isOnTheSame(open);
  }

  /** Another model's lanes cannot go on; what they hold is given back. */
  private void drop() {
    shown.set(null);
    exported = List.of();
    lens.jobs()
        .start(
            JobKind.INSTALL,
            "Leaving a comparison",
            turn -> {
              sessions = List.of();
              lanes = List.of();
              engine = null;
            },
            end -> {});
  }

  /** Shows all runs at a step; nothing where there is nothing to see. */
  void look(int step) {
    Shown now = shown.get();
    if (now != null) {
      shown.set(new Shown(now.comparison, Math.clamp(step, 0, now.comparison.steps())));
    }
  }

  /** Only so many lanes go on, and are shown. */
  void keep(int lanes) {
    kept = Math.min(kept, lanes);
    Shown now = shown.get();
    if (now != null) {
      shown.set(new Shown(now.comparison.first(kept), now.step));
    }
  }

  /** What is shown is on its way to a file; what is returned is done once it is there. */
  Runnable keeping() {
    List<Step> taken = lastSteps(shown.get().comparison);
    return () -> exported = taken;
  }

  private static List<Step> lastSteps(Comparison c) {
    return c.runs().stream().map(Run::last).toList();
  }

  /** Whether steps are shown that no table holds. */
  boolean isUnsaved() {
    Shown now = shown.get();
    return now != null
        && now.comparison.steps() > 0
        && !exported.containsAll(lastSteps(now.comparison));
  }

  /** Compresses the open prompt once per lane and generates so many tokens with each. */
  void start(List<Lane> wanted, int steps) {
    campaign.run(
        title(wanted),
        AGAIN,
        (loaded, open, turn) -> {
          Session on = awake(open, wanted, turn);
          List<CacheChoice> choices = wanted.stream().map(Lane::choice).toList();
          List<Session> made = on.beside(choices, Session.Detail.MEASURED, turn);
          Session.ask(made, on.run().question(), turn);
          sessions = made;
          lanes = wanted;
          kept = wanted.size();
          engine = loaded;
          broken = false;
          generate(steps, turn);
        },
        end -> {});
  }

  private static Session awake(Campaign.Shown shown, List<Lane> wanted, Job.Turn turn) {
    Session session = shown.session();
    turn.say(title(wanted));
    return session;
  }

  private static String title(List<Lane> wanted) {
    return "Comparing " + wanted.size() + " policies";
  }

  /** Generates so many more tokens with each. */
  void more(int steps) {
    look(Integer.MAX_VALUE);
    campaign.run(
        "Comparing",
        AGAIN,
        (loaded, open, turn) -> {
          if (broken) {
            throw new IllegalStateException(
                "What was compared broke off within a token; press Compare.");
          }
          if (loaded != engine) {
            throw new IllegalStateException("Another model is open now; press Compare.");
          }
          generate(steps, turn);
        },
        end -> {});
  }

  private void generate(int steps, Job.Turn turn) {
    publish();
    long last = System.nanoTime();
    try {
      for (int i = 0; i < steps; i++) {
        turn.at((double) i / steps);
        turn.giveWay();
        List<Session> going = sessions.stream().limit(kept).filter(Session::canStep).toList();
        if (going.isEmpty()) {
          return;
        }
        step(going);
        if (System.nanoTime() - last > PUBLISH_EVERY_NANOS) {
          last = System.nanoTime();
          publish();
        }
      }
    } finally {
      publish();
    }
  }

  /** Where it fails, caches stand between two tokens: what was generated stays to be looked at. */
  private void step(List<Session> going) {
    broken = true;
    Session.stepTogether(going);
    broken = false;
  }

  private void publish() {
    Comparison now = new Comparison(lanes, sessions.stream().map(Session::run).toList());
    lens.show(() -> show(now.first(kept)));
  }

  /** Who looks back at an earlier step while tokens come is left there. */
  private void show(Comparison now) {
    if (!isOf(now, lens.runProperty().get())) {
      return;
    }
    Shown before = shown.get();
    boolean lookedBack =
        before != null
            && before.comparison.lanes().equals(now.lanes())
            && before.comparison.steps() <= now.steps()
            && before.step < before.comparison.steps();
    shown.set(new Shown(now, lookedBack ? before.step : now.steps()));
  }
}
