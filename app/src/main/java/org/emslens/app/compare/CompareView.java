package org.emslens.app.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.chart.LineChart;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.PolicyLines;
import org.emslens.app.controls.Scroll;
import org.emslens.app.controls.Surface;
import org.emslens.app.controls.WrapBar;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Said;
import org.emslens.app.lens.View;
import org.emslens.chart.StepChart;
import org.emslens.model.ModelConfig;
import org.emslens.session.CacheChoice;
import org.emslens.session.CommandText;
import org.emslens.session.Run;
import org.emslens.session.Sampling;
import org.emslens.session.Step;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** Policies side by side on the prompt that is open: texts, kept tokens, divergence. */
public final class CompareView extends BorderPane {
  private static final String HELP =
      "KL of each lane's next-token distribution from the full cache's on the same text, in nats: sum of p_full · log(p_full / p). One full-cache run serves all lanes as long as their texts are the same. Lanes start with the policy and the budget of the page Inspect, and keep what they were run with.";

  private static final int LANES = 4;
  private static final int FEWEST = 2;
  private static final int FIRST_STEPS = 24;
  private static final int USUAL_TOKENS = 512;

  private final Lens lens;
  private final CompareModel model;
  private final List<LaneView> lanes = new ArrayList<>();
  private final HBox columns = new HBox();
  private final LineChart<Number, Number> chart;
  private final Slider steps = new Slider(0, 1, 0);
  private final Label at = new Label();
  private final ExportMenu export;

  /**
   * @param about which prompt is open
   */
  public CompareView(Lens lens, FileDialogs dialogs, ObservableValue<String> about) {
    this.lens = lens;
    model = new CompareModel(lens);
    for (int i = 0; i < LANES; i++) {
      lanes.add(new LaneView(i, lens, this::refresh));
    }
    export =
        new ExportMenu(
            "comparison",
            () -> lens.files().origin(command()),
            () -> model.shownProperty().get().comparison().csv(),
            () -> {
              Comparison c = model.shownProperty().get().comparison();
              return new StepChart(
                  IntStream.range(0, c.runs().size()).mapToObj(c::label).toList(), c.runs());
            },
            dialogs,
            lens.files()::export);
    export.onNumbers(model::keeping);
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
    Label on =
        Parts.note(
            "compare-prompt",
            Bindings.createStringBinding(
                () -> about.getValue() + drawn(), about, lens.runProperty()));
    on.getStyleClass().add("shown");
    setTop(new VBox(tools(), on));
    Card divergence = new Card("Divergence from the full cache (KL, nats)", HELP, chart);
    divergence.setMinHeight(190);
    divergence.setPrefHeight(210);
    VBox.setVgrow(columns, Priority.ALWAYS);
    columns.setMinHeight(USE_PREF_SIZE);
    ScrollPane body = Scroll.of(new VBox(columns, divergence));
    body.setFitToHeight(true);
    setCenter(body);
    model.shownProperty().addListener((o, before, now) -> refresh());
    lens.selection().layerProperty().addListener((o, before, now) -> refresh());
    lens.selection().headProperty().addListener((o, before, now) -> refresh());
    lens.settings().choiceProperty().addListener((o, before, now) -> follow());
    lens.runProperty().addListener((o, before, now) -> follow());
    follow();
    arrange(FEWEST);
  }

  /** What else is taken from the open run. */
  private String drawn() {
    Run run = lens.runProperty().get();
    if (run == null) {
      return "";
    }
    int later = run.turns().size() - (run.question() == null ? 0 : 1);
    Sampling how = run.sampling();
    return (later > 0 ? "; without what was said after its first answer" : "")
        + (how.temperature() > 0
            ? "; tokens are drawn at temperature " + how.temperature() + ", seed " + how.seed()
            : "");
  }

  /** Regions that are drawn by hand, to be given the theme's colours. */
  public List<Surface> surfaces() {
    return lanes.stream().map(LaneView::strip).map(Surface.class::cast).toList();
  }

  /** Whether it shows what no table holds. */
  public boolean isUnsaved() {
    return model.isUnsaved();
  }

  /** A line for each lane that was run. */
  public String command() {
    CompareModel.Shown shown = model.shownProperty().get();
    Models.Open open = lens.models().modelProperty().get();
    if (shown == null) {
      throw new IllegalStateException("Nothing was compared yet; press Compare first.");
    }
    return shown.comparison().runs().stream()
        .map(r -> CommandText.run(r, open == null ? null : open.argument()) + " --measure --json")
        .collect(Collectors.joining("\n"));
  }

  /** What was compared keeps its settings until there is another prompt to be compared on. */
  private void follow() {
    if (model.shownProperty().get() != null) {
      return;
    }
    Run run = lens.runProperty().get();
    int tokens = run == null ? USUAL_TOKENS : run.prompt().size();
    CacheChoice open = lens.settings().choice();
    int slots = open.budget().slotsFor(tokens);
    lanes.forEach(l -> l.follow(open.policy(), slots));
    refresh();
  }

  private WrapBar tools() {
    Button start = new Button("Compare", new FontIcon(Material2MZ.PLAY_ARROW));
    start.setId("compare-start");
    start.setTooltip(new Tooltip("Compress the open prompt with each policy and go on with each"));
    start
        .disableProperty()
        .bind(lens.models().modelProperty().isNull().or(lens.runProperty().isNull()));
    start.setOnAction(e -> start());
    Button cancel = new Button("Cancel");
    cancel.setId("compare-cancel");
    cancel.setTooltip(new Tooltip("End what is compared; what it shows so far stays (Esc)"));
    cancel.disableProperty().bind(model.runningBinding().not());
    cancel.setOnAction(e -> model.cancel());
    Button step = new Button("Step", new FontIcon(Material2MZ.SKIP_NEXT));
    step.setId("compare-step");
    step.setOnAction(e -> model.more(1));
    Button more = new Button("+ 32 tokens");
    more.setId("compare-more");
    more.setOnAction(e -> model.more(32));
    step.disableProperty().bind(model.canGoOnBinding().not().or(model.runningBinding()));
    more.disableProperty().bind(step.disableProperty());
    Button add = new Button("", new FontIcon(Material2AL.ADD));
    add.setId("compare-add");
    add.setTooltip(new Tooltip("One more policy"));
    add.setOnAction(e -> arrange(columns.getChildren().size() + 1));
    add.setAccessibleText("One more policy");
    add.disableProperty().bind(Bindings.size(columns.getChildren()).isEqualTo(LANES));
    Button less = new Button("", new FontIcon(Material2MZ.REMOVE));
    less.setId("compare-remove");
    less.setTooltip(new Tooltip("One less"));
    less.setAccessibleText("One less");
    less.disableProperty().bind(Bindings.size(columns.getChildren()).isEqualTo(FEWEST));
    less.setOnAction(
        e -> {
          int left = columns.getChildren().size() - 1;
          arrange(left);
          model.keep(left);
        });
    Parts.leaveTo(this, cancel, step, more, add, less);
    steps.setId("compare-steps");
    steps.setPrefWidth(220);
    steps
        .valueProperty()
        .addListener((o, before, now) -> model.look((int) Math.round(now.doubleValue())));
    at.setId("compare-at");
    at.getStyleClass().add("number");
    at.setMinWidth(110);
    HBox run = Parts.group(start, cancel, step, more, add, less);
    HBox shown = Parts.group(steps, at);
    WrapBar tools = new WrapBar(10, run, shown, Parts.group(head("layer"), head("head"), export));
    tools.getStyleClass().add("tools");
    return tools;
  }

  /** Ends what is compared, if anything; tells whether it did. */
  public boolean cancel() {
    return model.cancel();
  }

  /** Compares, where there is a run; not where a lane's switches cannot be read, which it says. */
  public void start() {
    if (lens.models().modelProperty().get() == null || lens.runProperty().get() == null) {
      lens.said().say(Said.Subject.OTHER, "Nothing to compare yet: run a prompt first");
      return;
    }
    List<Lane> wanted = new ArrayList<>();
    for (Node n : columns.getChildren()) {
      Lane lane = ((LaneView) n).checked();
      if (lane == null) {
        return;
      }
      wanted.add(lane);
    }
    model.start(wanted, FIRST_STEPS);
  }

  /** The layer or head that kept tokens are shown of. */
  private HBox head(String what) {
    boolean layer = what.equals("layer");
    var property = layer ? lens.selection().layerProperty() : lens.selection().headProperty();
    NumberField<Integer> value =
        new NumberField<>(
            "compare-" + what,
            "The " + what + " whose kept tokens are shown",
            0,
            s -> NumberField.parseWhole(what, s, 0, last(layer)),
            n -> Format.count(n),
            n -> property.set(n),
            lens.said().faults("compare-" + what));
    value.steps(n -> Math.min(last(layer), n + 1), n -> Math.max(0, n - 1));
    value.letters(3);
    lens.viewProperty()
        .addListener(
            (o, before, now) -> {
              if (now != null) {
                value.setValue(layer ? now.layer() : now.head());
              }
            });
    return Parts.group(new Label(what), value);
  }

  /** The last layer or head that there is, as far as a run is there that says so. */
  private int last(boolean layer) {
    View v = lens.viewProperty().get();
    if (v == null) {
      return 0;
    }
    return (layer ? v.run().config().layers() : v.run().config().heads()) - 1;
  }

  private void arrange(int count) {
    columns.getChildren().setAll(lanes.subList(0, count));
    refresh();
  }

  private static LineChart<Number, Number> chart() {
    NumberAxis x = new NumberAxis(0, FIRST_STEPS, 4);
    x.setLabel("step");
    x.setMinorTickVisible(false);
    NumberAxis y = new NumberAxis();
    y.setLabel("KL");
    LineChart<Number, Number> chart = new LineChart<>(x, y);
    chart.setId("compare-chart");
    chart.setAnimated(false);
    chart.setCreateSymbols(false);
    chart.setLegendSide(Side.RIGHT);
    chart.setMinSize(0, 0);
    return chart;
  }

  /** Lanes show a run only as long as it was made with their settings. */
  private void refresh() {
    CompareModel.Shown shown = model.shownProperty().get();
    if (shown == null) {
      lanes.forEach(l -> l.showNothing("What this policy makes of the open prompt comes here."));
      chart.getData().clear();
      chart.setVisible(false);
      at.setText("");
      steps.setDisable(true);
      return;
    }
    Comparison c = shown.comparison();
    int step = shown.step();
    steps.setDisable(false);
    steps.setMax(Math.max(1, c.steps()));
    steps.setValue(step);
    at.setText("step " + step + " of " + c.steps());
    lanes(c, step);
    lines(c, step);
  }

  private void lanes(Comparison c, int step) {
    View v = lens.viewProperty().get();
    ModelConfig config = c.runs().getFirst().config();
    int layer = v == null ? 0 : Math.min(v.layer(), config.layers() - 1);
    int head = v == null ? 0 : Math.min(v.head(), config.heads() - 1);
    int kvHead = layer * config.kvHeads() + head / config.group();
    int[] first = isOfNow(c, 0) ? c.hosts(0, step, kvHead) : null;
    for (int i = 0; i < lanes.size(); i++) {
      LaneView lane = lanes.get(i);
      if (i >= c.runs().size()) {
        lane.showNothing("This lane was added after the run; press Compare to run all.");
      } else if (!isOfNow(c, i)) {
        lane.showNothing("The settings are others than those of the run; press Compare.");
      } else {
        lane.show(c, step, c.hosts(i, step, kvHead), first);
      }
    }
  }

  /** Whether a lane's run was made with the settings that the lane has now. */
  private boolean isOfNow(Comparison c, int i) {
    return lanes.get(i).is(c.lanes().get(i));
  }

  private void lines(Comparison c, int step) {
    List<XYChart.Series<Number, Number>> series = new ArrayList<>();
    for (int i = 0; i < c.runs().size(); i++) {
      XYChart.Series<Number, Number> line = new XYChart.Series<>();
      line.setName(i + 1 + "  " + c.label(i) + (isOfNow(c, i) ? "" : " (earlier run)"));
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
    chart.setVisible(c.steps() > 0);
    chart.getData().setAll(series);
    PolicyLines.dress(chart, c.lanes().stream().map(l -> l.contender().policy()).toList());
  }
}
