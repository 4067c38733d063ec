package org.emslens.app.compare;

import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Spinner;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Titles;
import org.emslens.app.experiment.Choices;
import org.emslens.cache.Policies;
import org.emslens.experiment.Contender;
import org.emslens.session.Measures;
import org.emslens.session.Run;
import org.emslens.session.Step;

/** One policy of a comparison: its choice, its text, what it keeps. */
final class LaneView extends VBox {
  private static final List<Policies> FIRST =
      List.of(Policies.EMS, Policies.SNAPKV, Policies.H2O, Policies.STREAMING_LLM);

  private final int index;
  private final ComboBox<Policies> policy = new ComboBox<>();
  private final Spinner<Integer> budget = new Spinner<>(1, 100_000, 128, 16);
  private final TextField switches;
  private final Label numbers = new Label();
  private final Label difference = new Label();
  private final TextFlow text = new TextFlow();
  private final KeptStrip strip = new KeptStrip();

  LaneView(int index) {
    this.index = index;
    getStyleClass().addAll("card", "lane");
    setMinSize(0, 0);
    setPrefWidth(300);
    policy.setId("lane-policy-" + index);
    policy.getItems().setAll(Policies.values());
    policy.setConverter(Titles.of(Policies::title));
    policy.setValue(FIRST.get(index));
    budget.setId("lane-budget-" + index);
    budget.setEditable(true);
    budget.setPrefWidth(96);
    budget.setMinWidth(96);
    budget.setTooltip(new Tooltip("Slots per KV head"));
    budget.disableProperty().bind(policy.valueProperty().isEqualTo(Policies.FULL));
    switches =
        Choices.field(
            "lane-switches-" + index, "", "What differs from the policy's preset: merge=false");
    switches.setPromptText("switches, such as merge=false");
    switches.disableProperty().bind(budget.disableProperty());
    switches.getStyleClass().add("small");
    Label number = new Label(Integer.toString(index + 1));
    number.getStyleClass().addAll("card-title", "lane-number-" + index);
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    HBox top = new HBox(8, number, policy, space, budget);
    top.setAlignment(Pos.CENTER_LEFT);
    numbers.getStyleClass().add("number");
    numbers.setId("lane-numbers-" + index);
    numbers.setMinWidth(0);
    difference.getStyleClass().add("card-note");
    difference.setId("lane-difference-" + index);
    text.setId("lane-text-" + index);
    ScrollPane pane = new ScrollPane(text);
    pane.setFitToWidth(true);
    pane.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    pane.getStyleClass().add("edge-to-edge");
    VBox.setVgrow(pane, Priority.ALWAYS);
    strip.setId("lane-strip-" + index);
    strip.setPrefHeight(96);
    strip.setMinHeight(96);
    getChildren().addAll(top, switches, numbers, difference, pane, strip);
    text.getChildren()
        .add(styled("What this policy makes of the open prompt comes here.", "quiet"));
  }

  KeptStrip strip() {
    return strip;
  }

  /**
   * @throws IllegalArgumentException in one sentence, where the switches cannot be read
   */
  Lane lane() {
    return new Lane(Contender.of(policy.getValue(), Choices.words(switches)), budget.getValue());
  }

  /**
   * @param hosts where this run's source tokens are; likewise the first run's
   */
  void show(Comparison c, int step, int[] hosts, int[] first) {
    Run run = c.runs().get(index);
    Step shown = c.step(index, step);
    Measures m = Measures.of(run, shown.index());
    numbers.setText(
        String.format(
            "KL %s, mean %s   kept %s",
            Format.nats(m.kl()), Format.nats(m.meanKl()), Format.percent(m.retained())));
    int differs = c.firstDifference(index);
    int end = shown.index();
    boolean marked = index > 0 && differs > 0 && differs <= end;
    difference.setText(
        index == 0
            ? "the others are compared with this"
            : marked ? "differs from 1 at step " + differs : "the same as 1 so far");
    String all = run.generated(end);
    if (marked) {
      String before = run.generated(differs - 1);
      String upTo = run.generated(differs);
      text.getChildren()
          .setAll(
              styled(before, "same"),
              styled(upTo.substring(before.length()), "first-difference"),
              styled(all.substring(upTo.length()), "after-difference"));
    } else {
      text.getChildren().setAll(styled(all, "same"));
    }
    strip.show(hosts, first);
  }

  private static Text styled(String s, String style) {
    Text t = new Text(s);
    t.getStyleClass().addAll("lane-text", style);
    return t;
  }
}
