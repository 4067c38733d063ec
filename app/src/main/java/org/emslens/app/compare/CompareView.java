package org.emslens.app.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.chart.LineChart;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.Surface;
import org.emslens.app.main.Lens;
import org.emslens.app.main.View;
import org.emslens.chart.StepChart;
import org.emslens.model.ModelConfig;
import org.emslens.session.Step;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** Policies side by side on the prompt that is open: texts, kept tokens, divergence. */
public final class CompareView extends BorderPane {
  private static final int LANES = 4;
  private static final int FIRST_STEPS = 24;

  private final Lens lens;
  private final CompareModel model;
  private final List<LaneView> lanes = new ArrayList<>();
  private final HBox columns = new HBox();
  private final LineChart<Number, Number> chart;
  private final Slider steps = new Slider(0, 1, 0);
  private final Label at = new Label();
  private final ExportMenu export;

  public CompareView(Lens lens) {
    this.lens = lens;
    model = new CompareModel(lens);
    for (int i = 0; i < LANES; i++) {
      lanes.add(new LaneView(i));
    }
    export =
        new ExportMenu(
            "comparison",
            () -> model.shownProperty().get().comparison().csv(),
            () -> {
              Comparison c = model.shownProperty().get().comparison();
              return new StepChart(
                  IntStream.range(0, c.runs().size()).mapToObj(c::label).toList(), c.runs());
            },
            lens::say,
            lens::fail);
    export
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () ->
                    model.shownProperty().get() == null
                        || model.shownProperty().get().comparison().steps() == 0,
                model.shownProperty()));
    chart = chart();
    columns.getStyleClass().add("lanes");
    lanes.forEach(l -> HBox.setHgrow(l, Priority.ALWAYS));
    setTop(tools());
    setCenter(columns);
    Card divergence = new Card("Divergence from the full cache", chart);
    divergence.setPrefHeight(230);
    setBottom(divergence);
    model.shownProperty().addListener((o, before, now) -> refresh());
    lens.selection().layerProperty().addListener((o, before, now) -> refresh());
    lens.selection().headProperty().addListener((o, before, now) -> refresh());
    arrange(2);
  }

  /** Regions that are drawn by hand, to be given the theme's colours. */
  public List<Surface> surfaces() {
    return lanes.stream().map(LaneView::strip).map(Surface.class::cast).toList();
  }

  private HBox tools() {
    Button start = new Button("Compare", new FontIcon(Material2MZ.PLAY_ARROW));
    start.setId("compare-start");
    start.setTooltip(new Tooltip("Compress the open prompt with each policy and go on with each"));
    start.disableProperty().bind(lens.modelReadyProperty().not().or(lens.runProperty().isNull()));
    start.setOnAction(e -> start());
    Button step = new Button("Step", new FontIcon(Material2MZ.SKIP_NEXT));
    step.setId("compare-step");
    step.setOnAction(e -> model.more(1));
    Button more = new Button("+ 32 tokens");
    more.setId("compare-more");
    more.setOnAction(e -> model.more(32));
    step.disableProperty().bind(model.shownProperty().isNull());
    more.disableProperty().bind(model.shownProperty().isNull());
    Button add = new Button("", new FontIcon(Material2AL.ADD));
    add.setId("compare-add");
    add.setTooltip(new Tooltip("One more policy"));
    add.setOnAction(e -> arrange(Math.min(LANES, columns.getChildren().size() + 1)));
    Button less = new Button("", new FontIcon(Material2MZ.REMOVE));
    less.setId("compare-remove");
    less.setTooltip(new Tooltip("One less"));
    less.setOnAction(e -> arrange(Math.max(2, columns.getChildren().size() - 1)));
    steps.setId("compare-steps");
    steps.setPrefWidth(220);
    steps
        .valueProperty()
        .addListener((o, before, now) -> model.look((int) Math.round(now.doubleValue())));
    at.getStyleClass().add("number");
    at.setMinWidth(110);
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    HBox tools =
        new HBox(
            8, start, step, more, add, less, steps, at, space, head("layer"), head("head"), export);
    tools.setAlignment(Pos.CENTER_LEFT);
    tools.getStyleClass().add("tools");
    return tools;
  }

  private void start() {
    try {
      model.start(
          columns.getChildren().stream().map(n -> ((LaneView) n).lane()).toList(), FIRST_STEPS);
    } catch (IllegalArgumentException e) {
      lens.fail(e.getMessage());
    }
  }

  /** A spinner for the layer or head that kept tokens are shown of. */
  private HBox head(String what) {
    var property =
        what.equals("layer") ? lens.selection().layerProperty() : lens.selection().headProperty();
    Spinner<Integer> value = new Spinner<>(0, 0, 0);
    value.setId("compare-" + what);
    value.setPrefWidth(76);
    var factory = (SpinnerValueFactory.IntegerSpinnerValueFactory) value.getValueFactory();
    lens.viewProperty()
        .addListener(
            (o, before, now) -> {
              if (now != null) {
                ModelConfig c = now.run().config();
                factory.setMax(what.equals("layer") ? c.layers() - 1 : c.heads() - 1);
                factory.setValue(what.equals("layer") ? now.layer() : now.head());
              }
            });
    value.valueProperty().addListener((o, before, now) -> property.set(now));
    HBox box = new HBox(4, new Label(what), value);
    box.setAlignment(Pos.CENTER_LEFT);
    return box;
  }

  private void arrange(int count) {
    columns.getChildren().setAll(lanes.subList(0, count));
  }

  private static LineChart<Number, Number> chart() {
    NumberAxis x = new NumberAxis(0, FIRST_STEPS, 4);
    x.setLabel("step");
    x.setMinorTickVisible(false);
    NumberAxis y = new NumberAxis();
    y.setLabel("KL (nats)");
    LineChart<Number, Number> chart = new LineChart<>(x, y);
    chart.setId("compare-chart");
    chart.setAnimated(false);
    chart.setCreateSymbols(false);
    chart.setMinSize(0, 0);
    return chart;
  }

  private void refresh() {
    CompareModel.Shown shown = model.shownProperty().get();
    View v = lens.viewProperty().get();
    if (shown == null) {
      return;
    }
    Comparison c = shown.comparison();
    arrange(Math.max(2, c.runs().size()));
    int step = shown.step();
    steps.setMax(Math.max(1, c.steps()));
    steps.setValue(step);
    at.setText("step " + step + " of " + c.steps());
    int layer = v == null ? 0 : v.layer();
    int head = v == null ? 0 : v.head();
    ModelConfig config = c.runs().getFirst().config();
    int kvHead = layer * config.kvHeads() + head / config.group();
    int[] first = c.hosts(0, step, kvHead);
    for (int i = 0; i < c.runs().size(); i++) {
      lanes.get(i).show(c, step, c.hosts(i, step, kvHead), first);
    }
    List<XYChart.Series<Number, Number>> series = new ArrayList<>();
    for (int i = 0; i < c.runs().size(); i++) {
      XYChart.Series<Number, Number> line = new XYChart.Series<>();
      line.setName(i + 1 + "  " + c.label(i));
      for (Step s : c.runs().get(i).steps()) {
        if (s.index() > 0 && s.index() <= step) {
          line.getData().add(new XYChart.Data<>(s.index(), s.divergence()));
        }
      }
      series.add(line);
    }
    NumberAxis x = (NumberAxis) chart.getXAxis();
    x.setTickUnit(Math.max(1, Math.ceil(c.steps() / 16.0)));
    x.setUpperBound(Math.max(4, c.steps()));
    chart.getData().setAll(series);
  }
}
