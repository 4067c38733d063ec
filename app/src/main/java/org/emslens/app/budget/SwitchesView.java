package org.emslens.app.budget;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.controls.Amount;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Switches;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Precision;
import org.emslens.cache.Switch;

/** The switches that the chosen policy reads, each with a control of its kind. */
final class SwitchesView extends GridPane {
  private final BudgetModel model;
  private final Function<Switch, Consumer<String>> faults;
  private final Map<Switch, Row> rows = new EnumMap<>(Switch.class);
  private boolean refreshing;

  /**
   * @param show makes the control show a value, as {@link Switch#get} writes it
   */
  private record Row(Label name, Node control, Consumer<String> show) {}

  /**
   * @param faults is told what is wrong with a switch, or nothing once that is mended
   */
  SwitchesView(BudgetModel model, Function<Switch, Consumer<String>> faults) {
    super(8, 3);
    this.model = model;
    this.faults = faults;
    getStyleClass().add("switches");
    amount(
        Switch.ALPHA,
        "Share of Global in the score: 0 looks at the last queries only, 1 at all",
        0,
        1,
        1,
        0.05);
    amount(
        Switch.TAU,
        "How alike a token must be to a centre to be merged: the product of the cosines of keys and values; above 1 nothing is",
        0,
        1.1,
        1000,
        0.05);
    amount(Switch.MASS, "Attention that kept and merged tokens hold together", 0.5, 1, 1, 0.01);
    amount(
        Switch.POOL_LIMIT,
        "Tokens that may merge at most, as a multiple of the centres",
        0,
        8,
        1000,
        0.5);
    whole(
        Switch.KERNEL,
        "Width in tokens over which the window's attention is pooled; odd",
        1,
        31,
        x -> 2 * Math.round((x - 1) / 2) + 1);
    whole(Switch.SLACK, "Slots a head may grow before it is compressed again", 1, 128, Math::rint);
    amount(
        Switch.FLOOR,
        "What each head is sure of where budgets are shared, as a share of the even one",
        0,
        1,
        1,
        0.05);
    choice(Switch.SCORE, "What slots are ranked by", CacheOptions.Score.class);
    choice(
        Switch.POOL,
        "What a neighbourhood counts as: its largest attention, or the mean",
        CacheOptions.Pool.class);
    choice(Switch.ALIGN, "How Global and Local are joined", CacheOptions.Align.class);
    choice(
        Switch.MERGE,
        "What becomes of slots that are not kept: nothing (none), each value is blended into the kept slot of the most similar key (blend), or EMS's merge (ems)",
        CacheOptions.Merge.class);
    choice(Switch.BIAS, "What a merged slot's logit is raised by", CacheOptions.Bias.class);
    choice(
        Switch.MERGE_KEYS,
        "A merged slot's key: the centre's own, or the mean direction",
        CacheOptions.MergeKeys.class);
    choice(Switch.HOSTS, "Which centres take members", CacheOptions.Hosts.class);
    choice(Switch.SIMILARITY, "What is compared before merging", CacheOptions.Similarity.class);
    choice(
        Switch.SHARE,
        "Whether every head has the budget to itself (even), or the heads of a layer (layer) or of all layers (all) share it by need",
        CacheOptions.Share.class);
    choice(
        Switch.PRECISION,
        "How exactly keys and values older than the window are kept: as computed (float32), or rounded to 256, 16 or 4 levels (int8, int4, int2), keys channel by channel, values token by token, 64 numbers sharing a scale",
        Precision.class);
    toggle(Switch.COUNT_CORRECTION, "Global is divided by the queries that could see the token");
    toggle(Switch.ADAPTIVE, "The pool follows the head's sparsity");
  }

  private static String title(Switch s) {
    return s.id().replace('-', ' ');
  }

  /**
   * @param high where the slider ends; what is typed may go up to `most`
   */
  private void amount(Switch s, String about, double low, double high, double most, double step) {
    NumberField<Double> field =
        NumberField.decimal(
            s.id() + "-field",
            title(s),
            about,
            low,
            low,
            most,
            step,
            x -> change(s, x),
            faults.apply(s));
    numeric(
        s,
        about,
        field,
        low,
        high,
        x -> Math.round(Math.round(x / step) * step * 1e6) / 1e6,
        x -> change(s, x),
        text -> field.setValue(Double.parseDouble(text)));
  }

  private void whole(Switch s, String about, int low, int high, DoubleUnaryOperator round) {
    NumberField<Integer> field =
        NumberField.whole(
            s.id() + "-field",
            title(s),
            about,
            low,
            low,
            100_000,
            x -> change(s, x),
            faults.apply(s));
    numeric(
        s,
        about,
        field,
        low,
        high,
        round,
        x -> change(s, (int) x),
        text -> field.setValue(Integer.parseInt(text)));
  }

  private void numeric(
      Switch s,
      String about,
      NumberField<?> field,
      double low,
      double high,
      DoubleUnaryOperator round,
      DoubleConsumer moved,
      Consumer<String> show) {
    Amount amount = new Amount(s.id(), field, s == Switch.SLACK, low, high, round, moved);
    row(
        s,
        about,
        amount,
        text -> {
          show.accept(text);
          amount.show(Double.parseDouble(text), high);
        });
  }

  private void choice(Switch s, String about, Class<? extends Enum<?>> values) {
    ComboBox<String> box = new ComboBox<>();
    box.setId(s.id());
    box.getItems().setAll(Switch.words(values));
    box.getStyleClass().add("small");
    box.setMaxWidth(Double.MAX_VALUE);
    box.setOnAction(e -> change(s, box.getValue()));
    row(s, about, box, box::setValue);
  }

  private void toggle(Switch s, String about) {
    ToggleSwitch t = new ToggleSwitch();
    t.setId(s.id());
    Switches.reachable(t);
    t.selectedProperty().addListener((o, before, now) -> change(s, now));
    row(s, about, t, text -> t.setSelected(text.equals("true")));
    rows.get(s).name().setOnMouseClicked(e -> Switches.turn(t));
  }

  private void row(Switch s, String about, Node control, Consumer<String> show) {
    Label label = new Label(title(s));
    label.setTooltip(new Tooltip(about));
    label.setMinWidth(USE_PREF_SIZE);
    control.setAccessibleText(title(s) + ": " + about);
    GridPane.setHgrow(control, Priority.ALWAYS);
    rows.put(s, new Row(label, control, show));
  }

  private void change(Switch s, Object value) {
    if (!refreshing) {
      try {
        model.set(s, value.toString());
      } catch (IllegalArgumentException e) {
        faults.apply(s).accept(e.getMessage().replace(s.id() + " is", title(s) + " is"));
        refresh();
      }
    }
  }

  /** Shows the switches of the chosen policy, as they are. */
  void refresh() {
    refreshing = true;
    try {
      List<Node> shown = new ArrayList<>();
      rows.forEach(
          (s, row) -> {
            row.show.accept(s.get(model.choice().options()));
            if (model.choice().reads(s)) {
              GridPane.setConstraints(row.name, 0, shown.size() / 2);
              GridPane.setConstraints(row.control, 1, shown.size() / 2);
              shown.add(row.name);
              shown.add(row.control);
            }
          });
      if (!getChildren().equals(shown)) {
        getChildren().setAll(shown);
      }
    } finally {
      refreshing = false;
    }
  }
}
