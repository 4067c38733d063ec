package org.emslens.app.timeline;

import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.util.Duration;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;

/** Moving through the steps: back and forth among those there are, generating beyond the last. */
public final class TimelineModel {
  private final Lens lens;
  private final BooleanProperty playing = new SimpleBooleanProperty(this, "playing");
  private final DoubleProperty speed = new SimpleDoubleProperty(this, "speed", 8);
  private Timeline clock = new Timeline();

  public TimelineModel(Lens lens) {
    this.lens = lens;
    playing.addListener((o, before, now) -> restart());
    // Another prompt's steps are not what was played.
    lens.readingBinding().addListener((o, before, now) -> playing.set(false));
    speed.addListener((o, before, now) -> restart());
  }

  public BooleanProperty playingProperty() {
    return playing;
  }

  /** Steps per second while playing. */
  public DoubleProperty speedProperty() {
    return speed;
  }

  public void forward() {
    View v = lens.viewProperty().get();
    if (v == null) {
      return;
    }
    if (v.stepIndex() < v.run().steps().size() - 1) {
      lens.selection().stepProperty().set(v.stepIndex() + 1);
    } else if (lens.canGoOnBinding().get() && !lens.jobs().has(JobKind.GENERATE)) {
      lens.step(1);
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
    } else {
      forward();
    }
  }
}
