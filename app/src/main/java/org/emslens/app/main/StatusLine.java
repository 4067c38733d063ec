package org.emslens.app.main;

import java.util.Locale;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.util.Duration;
import org.controlsfx.control.StatusBar;
import org.emslens.app.controls.Format;
import org.emslens.engine.ProcessMemory;
import org.emslens.session.Step;

/** What is going on, how fast, and what it takes. */
final class StatusLine extends StatusBar {
  private final Label numbers = new Label();
  private final Lens lens;
  private final ObservableValue<Page> page;

  StatusLine(Lens lens, ObservableValue<Page> page) {
    this.lens = lens;
    this.page = page;
    page.addListener((o, before, now) -> refresh());
    setId("status");
    numbers.getStyleClass().add("number");
    Button cancel = new Button("Cancel");
    cancel.setId("status-cancel");
    cancel.getStyleClass().add("small");
    cancel.visibleProperty().bind(lens.busyProperty());
    cancel.managedProperty().bind(lens.busyProperty());
    cancel.setOnAction(e -> lens.cancel());
    getRightItems().addAll(cancel, numbers);
    textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    lens.errorProperty().get().isEmpty()
                        ? lens.messageProperty().get()
                        : lens.errorProperty().get(),
                lens.errorProperty(),
                lens.messageProperty()));
    progressProperty()
        .bind(
            Bindings.createDoubleBinding(
                () ->
                    lens.busyProperty().get() ? Math.max(0.001, lens.progressProperty().get()) : 0,
                lens.busyProperty(),
                lens.progressProperty()));
    lens.viewProperty().addListener((o, before, now) -> refresh());
    lens.errorProperty()
        .addListener(
            (o, before, now) ->
                pseudoClassStateChanged(PseudoClass.getPseudoClass("failed"), !now.isEmpty()));
    Timeline memory = new Timeline(new KeyFrame(Duration.seconds(2), e -> refresh()));
    memory.setCycleCount(Timeline.INDEFINITE);
    memory.play();
    sceneProperty()
        .addListener(
            (o, before, now) -> {
              if (now == null) {
                memory.stop();
              }
            });
    refresh();
  }

  private void refresh() {
    StringBuilder s = new StringBuilder();
    View v = lens.viewProperty().get();
    if (v != null && page.getValue() == Page.INSPECT) {
      Step step = v.step();
      if (step.index() > 0) {
        s.append(String.format(Locale.ROOT, "%.0f tokens/s", tokensPerSecond(v)));
        s.append("   KL ").append(Format.nats(step.divergence())).append("   ");
      }
      Step plan = v.lastCompression();
      if (plan != null) {
        s.append(String.format(Locale.ROOT, "plan %.0f ms   ", plan.planMillis()));
      }
    }
    s.append(String.format(Locale.ROOT, "memory %.1f GB", ProcessMemory.now() / 1e9));
    numbers.setText(s.toString());
  }

  private static double tokensPerSecond(View v) {
    double millis = 0;
    int n = 0;
    for (int i = v.stepIndex(); i > 0 && n < 16; i--, n++) {
      millis += v.run().steps().get(i).millis();
    }
    return millis > 0 ? 1000 * n / millis : 0;
  }
}
