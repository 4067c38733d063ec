package org.emslens.app.budget;

import javafx.application.Platform;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.emslens.app.controls.Amount;
import org.emslens.app.controls.Choices;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Scroll;
import org.emslens.app.lens.Lens;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.session.Budget;

/** Policy, budget and switches. The picture follows while a thumb moves. */
public final class BudgetView extends VBox {
  private static final int FIRST_TICK = 16;

  private final BudgetModel model;
  private final ComboBox<Policies> policy = Choices.policy("policy", "Policy");
  private final Label about = new Label();

  /** Heights of a letter above which the readings have a place of their own. */
  private static final double ROOMY = 27;

  private final NumberField<Budget> slots;
  private final NumberField<Integer> window;
  private final Amount budget;
  private final Amount windows;
  private final Label share = new Label();
  private final VBox windowRow;
  private final SwitchesView switches;
  private boolean refreshing;

  public BudgetView(Lens lens, BudgetModel model) {
    this.model = model;
    setSpacing(5);
    setMinSize(0, 0);
    slots =
        new NumberField<>(
            "budget-field",
            "Slots that each KV head may keep, or their share of the prompt: 128, or 12 %",
            model.choice().budget(),
            BudgetModel::parse,
            BudgetModel::format,
            b -> chosen(() -> model.chooseBudget(b)),
            lens.said().faults("budget"));
    slots.steps(b -> stepped(b, 1), b -> stepped(b, -1));
    window =
        NumberField.whole(
            "window-field",
            "window",
            "Newest tokens that are kept word for word",
            model.choice().options().window(),
            1,
            CacheOptions.MAX_WINDOW,
            w -> chosen(() -> model.chooseWindow(w)),
            lens.said().faults("window"));
    budget =
        new Amount(
                "budget",
                slots,
                true,
                1,
                1024,
                Math::rint,
                x -> model.chooseBudget(Budget.slots((int) x)))
            .ticks(FIRST_TICK);
    windows =
        new Amount(
            "window",
            window,
            true,
            1,
            CacheOptions.MAX_WINDOW,
            Math::rint,
            x -> model.chooseWindow((int) x));
    windowRow = new VBox(named("window, newest tokens kept word for word", windows));
    switches = new SwitchesView(model, s -> lens.said().faults(s));
    share.setId("budget-label");
    share.getStyleClass().add("card-note");
    share.setWrapText(true);
    share.setMinHeight(USE_PREF_SIZE);
    about.setId("policy-about");
    about.getStyleClass().add("card-note");
    about.setWrapText(true);
    about.setMinHeight(USE_PREF_SIZE);
    VBox readings = new VBox(5, summary(), new MeasuresView(lens));
    VBox scrolled = new VBox(5, windowRow, readings, switches);
    ScrollPane rest = Scroll.down(scrolled);
    rest.setMinHeight(0);
    rest.setId("budget-rest");
    VBox.setVgrow(rest, Priority.ALWAYS);
    getChildren().addAll(choices(), about, budgetRow(), rest);
    // Who turns a switch watches what it does; where there is no room for both, both scroll.
    // Not while styles or places are given out, which goes through the children.
    Runnable place = () -> Platform.runLater(() -> place(readings, scrolled));
    heightProperty().addListener((o, before, now) -> place.run());
    about.fontProperty().addListener((o, before, now) -> place.run());
    lens.settings().choiceProperty().addListener((o, before, now) -> refresh());
    lens.runProperty().addListener((o, before, now) -> refresh());
    lens.readingBinding().addListener((o, before, now) -> refresh());
    refresh();
  }

  private void place(VBox readings, VBox scrolled) {
    boolean apart = getHeight() > ROOMY * about.getFont().getSize();
    if (apart && readings.getParent() == scrolled) {
      scrolled.getChildren().remove(readings);
      getChildren().add(readings);
    } else if (!apart && readings.getParent() == this) {
      getChildren().remove(readings);
      scrolled.getChildren().add(1, readings);
    }
  }

  private static Budget stepped(Budget b, int by) {
    return b.share()
        ? Budget.share(Math.clamp(Math.round(b.amount() * 100 + by) / 100.0, 0.01, 1))
        : Budget.slots(Math.max(1, (int) b.amount() + by));
  }

  private VBox budgetRow() {
    Label name = new Label("budget per KV head:");
    name.getStyleClass().add("card-note");
    name.setMinWidth(USE_PREF_SIZE);
    return new VBox(2, new HBox(4, name, share), budget);
  }

  private static VBox named(String name, Node what) {
    Label label = new Label(name);
    label.getStyleClass().add("card-note");
    label.setMinHeight(USE_PREF_SIZE);
    label.setWrapText(true);
    return new VBox(2, label, what);
  }

  private void choose() {
    if (!policy.isShowing() && policy.getValue() != model.choice().policy()) {
      model.choose(policy.getValue());
    }
  }

  private HBox choices() {
    // Arrow keys walk through the open list; what they stop at is chosen.
    policy.setOnAction(e -> ifUser(this::choose));
    policy.setOnHidden(e -> ifUser(this::choose));
    policy.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(policy, Priority.ALWAYS);
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

  private Label summary() {
    Label l = new Label();
    l.setId("summary");
    l.getStyleClass().add("card-note");
    l.textProperty().bind(model.summaryBinding());
    l.setWrapText(true);
    l.setMinHeight(USE_PREF_SIZE);
    return l;
  }

  /** What was asked for may have been made to fit. */
  private void chosen(Runnable choice) {
    choice.run();
    refresh();
  }

  private void ifUser(Runnable change) {
    if (!refreshing) {
      change.run();
    }
  }

  private void refresh() {
    refreshing = true;
    try {
      Policies now = model.choice().policy();
      policy.setValue(now);
      about.setText(now.about());
      slots.setValue(model.choice().budget());
      budget.show(model.slots(), model.mostSlots());
      budget.setDisable(now == Policies.FULL);
      share.setText(model.share());
      int w = model.choice().options().window();
      window.setValue(w);
      windows.show(w, CacheOptions.MAX_WINDOW);
      boolean windowed = model.choice().reads(Switch.WINDOW);
      windowRow.setVisible(windowed);
      windowRow.setManaged(windowed);
      switches.refresh();
    } finally {
      refreshing = false;
    }
  }
}
