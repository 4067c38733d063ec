package org.emslens.app.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.controlsfx.control.RangeSlider;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Titles;
import org.emslens.app.main.Lens;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;

/** Policy, budget and switches. The picture follows while a thumb moves. */
public final class BudgetView extends VBox {
  private final BudgetModel model;
  private final ComboBox<Policies> policy = new ComboBox<>();
  private final RangeSlider slots = new RangeSlider();
  private final Label budget = new Label();
  private final List<Runnable> refreshers = new ArrayList<>();
  private boolean refreshing;

  public BudgetView(Lens lens, BudgetModel model) {
    this.model = model;
    setSpacing(8);
    setMinSize(0, 0);
    getChildren().addAll(choices(), slider(), summary(), new MeasuresView(lens), switches());
    lens.choiceProperty().addListener((o, before, now) -> refresh());
    lens.runProperty().addListener((o, before, now) -> refresh());
    refresh();
  }

  private HBox choices() {
    policy.setId("policy");
    policy.getItems().setAll(Policies.values());
    policy.setConverter(Titles.of(Policies::title));
    policy.setOnAction(e -> ifUser(() -> model.choose(policy.getValue())));
    Button reset = new Button("Reset");
    reset.setId("preset");
    reset.getStyleClass().add("small");
    reset.setTooltip(new Tooltip("All switches as the policy comes with"));
    reset.setMinWidth(USE_PREF_SIZE);
    reset.setOnAction(e -> model.reset());
    HBox row = new HBox(6, policy, reset);
    row.setAlignment(Pos.CENTER_LEFT);
    return row;
  }

  private VBox slider() {
    slots.setId("budget");
    slots.setMin(1);
    slots.setBlockIncrement(8);
    slots.lowValueProperty().addListener((o, before, now) -> moved());
    slots.highValueProperty().addListener((o, before, now) -> moved());
    slots.setTooltip(
        new Tooltip(
            "Left thumb: the window, kept verbatim. Right thumb: the budget, slots per KV head."));
    budget.setId("budget-label");
    budget.getStyleClass().add("number");
    return new VBox(2, budget, slots);
  }

  private void moved() {
    ifUser(
        () ->
            model.choose(
                (int) Math.round(slots.getLowValue()), (int) Math.round(slots.getHighValue())));
  }

  private Label summary() {
    Label l = new Label();
    l.setId("summary");
    l.getStyleClass().add("card-note");
    l.textProperty().bind(model.summaryBinding());
    l.setWrapText(true);
    l.setMinHeight(USE_PREF_SIZE);
    return l;
  }

  private ScrollPane switches() {
    GridPane grid = new GridPane(8, 3);
    grid.getStyleClass().add("switches");
    slider(
        grid,
        "alpha",
        "Share of Global in the score: 0 looks at the last queries only, 1 at all.",
        0,
        1,
        CacheOptions::alpha,
        x -> Math.round(x * 20) / 20.0,
        (d, x) -> d.alpha = x);
    slider(
        grid,
        "tau",
        "How alike a token must be to a centre to be merged; above 1 nothing is.",
        0,
        1.1,
        CacheOptions::tau,
        x -> Math.round(x * 20) / 20.0,
        (d, x) -> d.tau = x);
    slider(
        grid,
        "mass",
        "Attention that kept and merged tokens hold together.",
        0.5,
        1,
        CacheOptions::mass,
        x -> Math.round(x * 100) / 100.0,
        (d, x) -> d.mass = x);
    slider(
        grid,
        "pool limit",
        "Tokens that may merge at most, as a multiple of the centres.",
        0,
        8,
        CacheOptions::poolLimit,
        x -> Math.round(x * 2) / 2.0,
        (d, x) -> d.poolLimit = x);
    slider(
        grid,
        "kernel",
        "Width over which Local is max-pooled, in tokens.",
        1,
        31,
        CacheOptions::kernel,
        x -> 2 * Math.round((x - 1) / 2) + 1,
        (d, x) -> d.kernel = x.intValue());
    slider(
        grid,
        "slack",
        "Slots a head may grow before it is compressed again.",
        1,
        128,
        CacheOptions::slack,
        Math::rint,
        (d, x) -> d.slack = x.intValue());
    choice(
        grid,
        "align",
        "How Global and Local are joined.",
        CacheOptions.Align.values(),
        CacheOptions::align,
        (d, x) -> d.align = x);
    choice(
        grid,
        "bias",
        "What a merged slot's logit is raised by.",
        CacheOptions.Bias.values(),
        CacheOptions::bias,
        (d, x) -> d.bias = x);
    choice(
        grid,
        "merged key",
        "The centre's own, or the mean direction.",
        CacheOptions.MergeKeys.values(),
        CacheOptions::mergeKeys,
        (d, x) -> d.mergeKeys = x);
    choice(
        grid,
        "hosts",
        "Which centres take members.",
        CacheOptions.Hosts.values(),
        CacheOptions::hosts,
        (d, x) -> d.hosts = x);
    choice(
        grid,
        "similarity",
        "What is compared before merging.",
        CacheOptions.Similarity.values(),
        CacheOptions::similarity,
        (d, x) -> d.similarity = x);
    choice(
        grid,
        "share",
        "Whether heads of a layer share its budget by need.",
        CacheOptions.Share.values(),
        CacheOptions::share,
        (d, x) -> d.share = x);
    toggle(grid, "merge", "Off: evict only.", CacheOptions::merge, (d, x) -> d.merge = x);
    toggle(
        grid,
        "count correction",
        "Global is divided by the queries that could see the token.",
        CacheOptions::countCorrection,
        (d, x) -> d.countCorrection = x);
    toggle(
        grid,
        "adaptive",
        "The pool follows the head's sparsity.",
        CacheOptions::adaptive,
        (d, x) -> d.adaptive = x);
    ScrollPane pane = new ScrollPane(grid);
    pane.setFitToWidth(true);
    pane.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    pane.getStyleClass().add("edge-to-edge");
    pane.setMinHeight(0);
    VBox.setVgrow(pane, Priority.ALWAYS);
    return pane;
  }

  private interface Change<T> {
    void apply(CacheOptions.Draft draft, T x);
  }

  private static Label name(GridPane grid, String name, String what) {
    Label label = new Label(name);
    label.setTooltip(new Tooltip(what));
    label.setMinWidth(USE_PREF_SIZE);
    grid.add(label, 0, grid.getRowCount());
    return label;
  }

  private static String id(String name) {
    return name.replace(' ', '-');
  }

  private void slider(
      GridPane grid,
      String name,
      String what,
      double low,
      double high,
      ToDoubleFunction<CacheOptions> get,
      DoubleUnaryOperator round,
      Change<Double> set) {
    name(grid, name, what);
    Slider s = new Slider(low, high, low);
    s.setId(id(name));
    GridPane.setHgrow(s, Priority.ALWAYS);
    Label value = new Label();
    value.getStyleClass().add("number");
    value.setMinWidth(36);
    value.setAlignment(Pos.CENTER_RIGHT);
    s.valueProperty()
        .addListener(
            (o, before, now) ->
                ifUser(
                    () -> model.change(d -> set.apply(d, round.applyAsDouble(now.doubleValue())))));
    refreshers.add(
        () -> {
          double x = get.applyAsDouble(model.choice().options());
          if (round.applyAsDouble(s.getValue()) != x) {
            s.setValue(x);
          }
          value.setText(
              x == Math.rint(x) ? String.format("%.0f", x) : String.format(Locale.ROOT, "%.2f", x));
        });
    int row = grid.getRowCount() - 1;
    grid.add(s, 1, row);
    grid.add(value, 2, row);
  }

  private <E extends Enum<E>> void choice(
      GridPane grid,
      String name,
      String what,
      E[] values,
      Function<CacheOptions, E> get,
      Change<E> set) {
    name(grid, name, what);
    ComboBox<E> box = new ComboBox<>();
    box.setId(id(name));
    box.getItems().setAll(values);
    box.setConverter(Titles.of(e -> e.name().toLowerCase(Locale.ROOT)));
    box.getStyleClass().add("small");
    box.setMaxWidth(Double.MAX_VALUE);
    box.setOnAction(e -> ifUser(() -> model.change(d -> set.apply(d, box.getValue()))));
    refreshers.add(() -> box.setValue(get.apply(model.choice().options())));
    grid.add(box, 1, grid.getRowCount() - 1, 2, 1);
  }

  private void toggle(
      GridPane grid,
      String name,
      String what,
      Function<CacheOptions, Boolean> get,
      Change<Boolean> set) {
    name(grid, name, what);
    ToggleSwitch t = new ToggleSwitch();
    t.setId(id(name));
    t.selectedProperty()
        .addListener((o, before, now) -> ifUser(() -> model.change(d -> set.apply(d, now))));
    refreshers.add(() -> t.setSelected(get.apply(model.choice().options())));
    grid.add(t, 1, grid.getRowCount() - 1);
  }

  private void ifUser(Runnable change) {
    if (!refreshing) {
      change.run();
    }
  }

  private void refresh() {
    refreshing = true;
    try {
      int n = model.promptTokens();
      int now = model.slots();
      policy.setValue(model.choice().policy());
      slots.setMax(Math.max(n, now));
      if (Math.round(slots.getHighValue()) != now) {
        slots.setHighValue(now);
      }
      int window = model.choice().options().window();
      if (Math.round(slots.getLowValue()) != window) {
        slots.setLowValue(window);
      }
      slots.setDisable(model.choice().policy() == Policies.FULL);
      budget.setText(
          model.choice().policy() == Policies.FULL
              ? "no budget: everything stays"
              : "budget "
                  + Format.count(now)
                  + " slots ("
                  + Math.round(100.0 * now / n)
                  + " %),  window "
                  + window);
      refreshers.forEach(Runnable::run);
    } finally {
      refreshing = false;
    }
  }
}
