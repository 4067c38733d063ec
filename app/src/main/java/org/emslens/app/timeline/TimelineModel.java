package org.emslens.app.timeline;

import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.application.Platform;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.collections.ListChangeListener;
import javafx.util.Duration;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;

/** Moving through the steps: back and forth among those there are, generating beyond the last. */
public final class TimelineModel {
  private final Lens lens;
  private final BooleanProperty playing = new SimpleBooleanProperty(this, "playing");
  private final DoubleProperty speed = new SimpleDoubleProperty(this, "speed", 8);
  private Timeline clock = new Timeline();

  /** What generates, and how many tokens were asked for since. */
  private Job stepping;

  private int more;

  public TimelineModel(Lens lens) {
    this.lens = lens;
    playing.addListener((o, before, now) -> restart());
    // Another prompt's steps are not what was played.
    lens.readingBinding().addListener((o, before, now) -> playing.set(false));
    speed.addListener((o, before, now) -> restart());
    // Once all that ends with the job is told, so that the next one is not taken for the same.
    lens.jobs()
        .running()
        .addListener((ListChangeListener<Job>) c -> Platform.runLater(this::jobsChanged));
  }

  public BooleanProperty playingProperty() {
    return playing;
  }

  /** Steps per second while playing. */
  public DoubleProperty speedProperty() {
    return speed;
  }

  /** One step on; each call counts. */
  public void forward() {
    if (!ahead()) {
      generate(1);
    }
  }

  /** So many tokens after the last; where some are on their way, as many more after those. */
  public void generate(int count) {
    Job now = lens.jobs().current(JobKind.GENERATE);
    if (stepping != null && !stepping.isCancelled()) {
      more += count;
    } else if (now != null) {
      stepping = now;
      more = count;
    } else if (canGenerate()) {
      start(count);
    }
  }

  /** Goes one step on where there is one; tells whether there was. */
  private boolean ahead() {
    View v = lens.viewProperty().get();
    boolean there = v != null && v.stepIndex() < v.run().steps().size() - 1;
    if (there) {
      lens.selection().stepProperty().set(v.stepIndex() + 1);
    }
    return there;
  }

  private boolean isStepping() {
    return stepping != null && lens.jobs().running().contains(stepping);
  }

  private boolean canGenerate() {
    return lens.viewProperty().get() != null
        && lens.canGoOnBinding().get()
        && !lens.jobs().has(JobKind.GENERATE);
  }

  private void start(int count) {
    more = 0;
    stepping = lens.generation().step(count);
  }

  /** What was asked for while a token was on its way comes after it, unless that was stopped. */
  private void jobsChanged() {
    if (stepping != null && !isStepping()) {
      boolean goesOn = more > 0 && !stepping.isCancelled() && canGenerate();
      stepping = null;
      if (goesOn) {
        start(more);
      }
    }
  }

  public void back() {
    View v = lens.viewProperty().get();
    if (v != null && v.stepIndex() > 0) {
      lens.selection().stepProperty().set(v.stepIndex() - 1);
    }
  }

  public void first() {
    lens.selection().stepProperty().set(0);
  }

  public void last() {
    View v = lens.viewProperty().get();
    if (v != null) {
      lens.selection().stepProperty().set(v.run().steps().size() - 1);
    }
  }

  /** Whether there is neither a next step nor a way to make one. */
  public boolean isAtTheEnd() {
    View v = lens.viewProperty().get();
    return v == null || v.stepIndex() == v.run().steps().size() - 1 && !lens.canGoOnBinding().get();
  }

  private void restart() {
    clock.stop();
    if (playing.get()) {
      clock = new Timeline(new KeyFrame(Duration.seconds(1 / speed.get()), e -> tick()));
      clock.setCycleCount(Timeline.INDEFINITE);
      clock.play();
    }
  }

  private void tick() {
    if (isAtTheEnd()) {
      playing.set(false);
    } else if (!ahead() && stepping == null && canGenerate()) {
      start(1);
    }
  }
}
