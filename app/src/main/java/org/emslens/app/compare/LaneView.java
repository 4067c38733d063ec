package org.emslens.app.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.emslens.app.controls.Choices;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Scroll;
import org.emslens.app.controls.Titles;
import org.emslens.app.controls.Uncompressed;
import org.emslens.app.controls.WrapBar;
import org.emslens.app.controls.Wrapping;
import org.emslens.app.lens.Lens;
import org.emslens.cache.Policies;
import org.emslens.experiment.Contender;
import org.emslens.session.Measures;
import org.emslens.session.Run;
import org.emslens.session.Step;
import org.emslens.text.Tokenizer;

/** One policy of a comparison: its choice, its text, what it keeps. */
final class LaneView extends VBox {
  private static final List<Policies> FIRST =
      List.of(Policies.EMS, Policies.SNAPKV, Policies.H2O, Policies.STREAMING_LLM);
  private static final int MOST_SLOTS = 100_000;

  private final int index;
  private final Consumer<String> faults;
  private final ComboBox<Policies> policy;
  private final NumberField<Integer> budget;
  private final TextField switches;
  private final Label numbers = new Label();
  private final Label difference = new Label();
  private final TextFlow text = new TextFlow();
  private final KeptStrip strip = new KeptStrip();
  private boolean ownBudget;
  private boolean ownPolicy;
  private boolean following;

  /**
   * @param changed called whenever the lane's settings are others
   */
  LaneView(int index, Lens lens, Runnable changed) {
    this.index = index;
    getStyleClass().addAll("card", "lane");
    setMinWidth(0);
    setPrefWidth(300);
    policy = Choices.policy("lane-policy-" + index, "Policy of lane " + (index + 1));
    policy.setValue(FIRST.get(index));
    Titles.fit(policy);
    policy.setOnAction(
        e -> {
          ownPolicy |= !following;
          changed.run();
        });
    budget =
        NumberField.whole(
            "lane-budget-" + index,
            "slots of lane " + (index + 1),
            "Slots per KV head",
            128,
            1,
            MOST_SLOTS,
            n -> {
              ownBudget = true;
              changed.run();
            },
            lens.said().faults("lane-budget-" + index));
    budget.disableProperty().bind(policy.valueProperty().isEqualTo(Policies.FULL));
    switches =
        Choices.field(
            "lane-switches-" + index, "", "What differs from the policy's preset: merge=none");
    switches.setPromptText("switches, such as merge=none");
    switches.getStyleClass().add("small");
    faults = lens.said().faults(this);
    switches.setOnAction(e -> checked());
    switches
        .textProperty()
        .addListener(
            (o, before, now) -> {
              faults.accept("");
              changed.run();
            });
    Label number = new Label(Integer.toString(index + 1));
    number.getStyleClass().addAll("card-title", "lane-number-" + index);
    Label slots = new Label("slots");
    HBox count = new HBox(4, budget, slots);
    count.setAlignment(Pos.CENTER_LEFT);
    HBox named = new HBox(6, number, policy);
    named.setAlignment(Pos.CENTER_LEFT);
    numbers.getStyleClass().add("number");
    numbers.setId("lane-numbers-" + index);
    numbers.setWrapText(true);
    numbers.setMinHeight(USE_PREF_SIZE);
    difference.getStyleClass().add("card-note");
    difference.setId("lane-difference-" + index);
    Wrapping.wrap(difference);
    difference.setMinHeight(USE_PREF_SIZE);
    text.setId("lane-text-" + index);
    ScrollPane pane = Scroll.down(text);
    pane.setMinHeight(48);
    VBox.setVgrow(pane, Priority.ALWAYS);
    strip.setId("lane-strip-" + index);
    getChildren().addAll(new WrapBar(6, named, count), switches, numbers, difference, pane, strip);
    showNothing("What this policy makes of the open prompt comes here.");
  }

  KeptStrip strip() {
    return strip;
  }

  /**
   * Takes the budget of the page Inspect, and the first lane its policy, unless the user gave the
   * lane one of its own.
   */
  void follow(Policies open, int slots) {
    if (!ownBudget) {
      budget.setValue(Math.clamp(slots, 1, MOST_SLOTS));
    }
    if (!ownPolicy) {
      following = true;
      policy.setValue(usual(open));
      following = false;
    }
  }

  /** The policy that is open first, then the usual ones without it. */
  private Policies usual(Policies open) {
    return Stream.concat(Stream.of(open), FIRST.stream())
        .filter(p -> p != Policies.FULL)
        .distinct()
        .skip(index)
        .findFirst()
        .orElseThrow();
  }

  /**
   * @throws IllegalArgumentException in one sentence, where the switches cannot be read
   */
  Lane lane() {
    return new Lane(Contender.of(policy.getValue(), Choices.words(switches)), budget.getValue());
  }

  /** What the lane says, or null where its switches cannot be read, which it tells. */
  Lane checked() {
    try {
      Lane lane = lane();
      faults.accept("");
      return lane;
    } catch (IllegalArgumentException e) {
      faults.accept("Lane " + (index + 1) + ": " + e.getMessage());
      return null;
    }
  }

  /** Whether the lane's settings are those that a run was made with. */
  boolean is(Lane lane) {
    try {
      return lane().equals(lane);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Shows that there is no run with these settings, and why. */
  void showNothing(String why) {
    numbers.setText("–");
    difference.setText("");
    text.getChildren().setAll(styled(why, "quiet"));
    strip.show(null, null);
  }

  /**
   * @param hosts where this run's source tokens are; likewise the first run's, or null where that
   *     was made with settings that the first lane no longer has
   */
  void show(Comparison c, int step, int[] hosts, int[] first) {
    Run run = c.runs().get(index);
    Step shown = c.step(index, step);
    Measures m = Measures.of(run, shown.index());
    numbers.setText(
        "KL "
            + Format.nats(m.kl())
            + ", mean "
            + Format.nats(m.meanKl())
            + "   kept "
            + Format.percent(m.retained()));
    int differs = c.firstDifference(index);
    int end = shown.index();
    boolean marked = first != null && index > 0 && differs > 0 && differs <= end;
    difference.setText(
        (first == null
                ? "1 has other settings now; press Compare"
                : index == 0
                    ? "the others are compared with this"
                    : marked ? "differs from 1 at step " + differs : "the same as 1 so far")
            + (shown.index() < step ? "; ended its answer at step " + shown.index() : "")
            + (isWhole(run, shown) ? "; " + Uncompressed.why(run, shown) : ""));
    String all = run.generated(end);
    if (marked) {
      String before = run.generated(differs - 1);
      String upTo = run.generated(differs);
      List<Text> parts = new ArrayList<>(styled(before, "same"));
      parts.addAll(styled(visible(upTo.substring(before.length())), "first-difference"));
      parts.addAll(styled(all.substring(upTo.length()), "after-difference"));
      text.getChildren().setAll(parts);
    } else {
      text.getChildren().setAll(styled(all, "same"));
    }
    strip.show(hosts, index == 0 ? null : first);
  }

  /** Whether a run under a policy has nothing to compress up to a step. */
  private static boolean isWhole(Run run, Step shown) {
    return run.choice().policy() != Policies.FULL
        && !run.choice().options().precision().rounds()
        && run.steps().subList(0, shown.index() + 1).stream().allMatch(x -> x.plan() == null);
  }

  /** White space alone would mark nothing that one can see. */
  private static String visible(String s) {
    return s.isEmpty() ? "⊘" : s.isBlank() ? Tokenizer.shown(s) + (s.contains("\n") ? s : "") : s;
  }

  private static List<Text> styled(String s, String style) {
    return Wrapping.texts(s, "lane-text", style);
  }
}
