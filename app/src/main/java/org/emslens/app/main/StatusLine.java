package org.emslens.app.main;

import java.util.Arrays;
import java.util.Locale;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.collections.ListChangeListener;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.stage.Window;
import javafx.util.Duration;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Wrapping;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.device.ProcessMemory;
import org.emslens.session.Step;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;

/** What was said last, what runs now, how fast it goes, and what it takes. */
final class StatusLine extends HBox {
  private static final PseudoClass FAILED = PseudoClass.getPseudoClass("failed");
  private static final int TIMED = 16;
  private static final int FEWEST_TIMED = 3;

  private final Label text = new Label();
  private final HBox jobs = new HBox(10);
  private final Label numbers = new Label();
  private final Lens lens;
  private final ObservableValue<Page> page;

  StatusLine(Lens lens, ObservableValue<Page> page) {
    super(12);
    this.lens = lens;
    this.page = page;
    getStyleClass().add("status-line");
    setAlignment(Pos.CENTER_LEFT);
    text.setId("status");
    text.setMinWidth(0);
    HBox.setHgrow(text, Priority.ALWAYS);
    text.setMaxWidth(Double.MAX_VALUE);
    text.textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    lens.said().errorProperty().get().isEmpty()
                        ? lens.said().messageProperty().get()
                        : lens.said().errorProperty().get(),
                lens.said().errorProperty(),
                lens.said().messageProperty()));
    Tooltip whole = new Tooltip();
    whole.textProperty().bind(text.textProperty());
    whole.wrapTextProperty().bind(text.textProperty().map(Wrapping::breaks));
    whole.setMaxWidth(600);
    text.setTooltip(whole);
    lens.said()
        .errorProperty()
        .addListener((o, before, now) -> text.pseudoClassStateChanged(FAILED, !now.isEmpty()));
    jobs.setId("jobs");
    jobs.setAlignment(Pos.CENTER_LEFT);
    numbers.getStyleClass().add("number");
    numbers.setMinWidth(USE_PREF_SIZE);
    numbers.setTooltip(
        new Tooltip(
            "Usual speed over the last 16 tokens (by the median); time that the latest compression took to plan and apply; this program's memory"));
    getChildren().addAll(text, jobs, numbers);
    lens.jobs().running().addListener((ListChangeListener<Job>) c -> list());
    page.addListener((o, before, now) -> refresh());
    lens.viewProperty().addListener((o, before, now) -> refresh());
    Timeline clock = new Timeline(new KeyFrame(Duration.seconds(1), e -> refresh()));
    clock.setCycleCount(Timeline.INDEFINITE);
    sceneProperty()
        .flatMap(Scene::windowProperty)
        .flatMap(Window::showingProperty)
        .orElse(false)
        .addListener(
            (o, before, now) -> {
              if (now) {
                clock.play();
              } else {
                clock.stop();
              }
            });
    refresh();
  }

  private void list() {
    jobs.getChildren().removeIf(n -> !lens.jobs().running().contains(((JobView) n).job));
    for (Job j : lens.jobs().running()) {
      if (jobs.getChildren().stream().noneMatch(n -> ((JobView) n).job == j)) {
        jobs.getChildren().add(new JobView(j));
      }
    }
  }

  /** One running job: what, how far, how long still, and its own way to be stopped. */
  private final class JobView extends HBox {
    private final Job job;
    private final Label left = new Label();

    JobView(Job job) {
      super(5);
      this.job = job;
      setAlignment(Pos.CENTER_LEFT);
      getStyleClass().add("job");
      Label what = new Label();
      what.textProperty().bind(job.titleProperty());
      what.setMinWidth(40);
      ProgressBar bar = new ProgressBar();
      bar.progressProperty().bind(job.progressProperty());
      bar.setPrefWidth(70);
      bar.setMinWidth(40);
      left.getStyleClass().add("card-note");
      left.setMinWidth(USE_PREF_SIZE);
      String kind = job.kind().name().toLowerCase(Locale.ROOT);
      Button cancel = new Button("", new FontIcon(Material2AL.CLOSE));
      cancel.setId("cancel-" + kind);
      cancel.getStyleClass().addAll("small", "flat");
      cancel.setTooltip(new Tooltip("Cancel this"));
      cancel.setAccessibleText("Cancel: " + job.titleProperty().get());
      cancel.setMinWidth(USE_PREF_SIZE);
      cancel.setOnAction(e -> lens.stop(job));
      getChildren().addAll(what, bar, left, cancel);
    }

    void refresh() {
      double s = job.secondsLeft();
      left.setText(Double.isNaN(s) ? "" : Format.seconds(s) + " left");
    }
  }

  private void refresh() {
    jobs.getChildren().forEach(n -> ((JobView) n).refresh());
    StringBuilder s = new StringBuilder();
    View v = lens.viewProperty().get();
    if (v != null && page.getValue() == Page.INSPECT && getWidth() > 900) {
      double[] millis = latest(v);
      if (millis.length >= FEWEST_TIMED) {
        s.append(String.format(Locale.ROOT, "%.0f tokens/s   ", 1000 / median(millis)));
      }
      Step plan = v.lastCompression();
      if (plan != null) {
        s.append(String.format(Locale.ROOT, "plan %.0f ms   ", plan.planMillis()));
      }
    }
    s.append(String.format(Locale.ROOT, "memory %.1f GB", ProcessMemory.now() / 1e9));
    numbers.setText(s.toString());
  }

  /** How long the latest tokens took. */
  private static double[] latest(View v) {
    return v.run().steps().subList(1, v.stepIndex() + 1).reversed().stream()
        .limit(TIMED)
        .mapToDouble(Step::millis)
        .filter(t -> t > 0)
        .toArray();
  }

  /** The first tokens after a start, or after a pause, say little of the next. */
  private static double median(double[] x) {
    Arrays.sort(x);
    return x[x.length / 2];
  }
}
