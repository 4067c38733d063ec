package org.emslens.app.prompt;

import java.util.List;
import java.util.function.BiFunction;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import org.emslens.app.controls.NumberField;
import org.emslens.app.lens.Lens;
import org.emslens.session.Sampling;

/** How the next token is chosen; what chance does not need is not shown without it. */
final class SamplingView extends FlowPane {

  private final Lens lens;
  private final NumberField<Double> temperature;
  private final NumberField<Double> topP;
  private final NumberField<Integer> topK;
  private final NumberField<Double> minP;
  private final NumberField<Double> repetition;
  private final NumberField<Integer> seed;
  private final List<HBox> ofChance;

  SamplingView(Lens lens) {
    super(8, 3);
    this.lens = lens;
    temperature =
        NumberField.decimal(
            "temperature",
            "temperature",
            "0 takes the most probable token; more lets chance in, always the same for the same seed",
            0,
            0,
            2,
            0.1,
            x -> change(SamplingView::warmer, x),
            lens.said().faults("temperature"));
    topP =
        NumberField.decimal(
            "top-p",
            "top-p",
            "Probability that the tokens in question hold together at least",
            1,
            0.01,
            1,
            0.05,
            x -> change(Sampling::withTopP, x),
            lens.said().faults("top-p"));
    topK =
        NumberField.whole(
            "top-k",
            "top-k",
            "Tokens that may come at most; 0 for no limit",
            0,
            0,
            1_000_000,
            x -> change(Sampling::withTopK, x),
            lens.said().faults("top-k"));
    minP =
        NumberField.decimal(
            "min-p",
            "min-p",
            "Least probability of a token that may come, as a share of the most probable one's; 0 for no limit",
            0,
            0,
            1,
            0.05,
            x -> change(Sampling::withMinP, x),
            lens.said().faults("min-p"));
    repetition =
        NumberField.decimal(
            "repetition",
            "repetition",
            "Logits of tokens that the text holds already are divided by this, negative ones multiplied; 1 for none",
            1,
            0.1,
            Sampling.MOST_REPETITION,
            0.1,
            x -> change(Sampling::withRepetition, x),
            lens.said().faults("repetition"));
    seed =
        NumberField.whole(
            "seed",
            "seed",
            "Of the random numbers; the same seed chooses the same tokens",
            1,
            0,
            999_999_999,
            x -> change((s, y) -> s.withSeed(y), x),
            lens.said().faults("seed"));
    ofChance =
        List.of(
            named("top-p", topP),
            named("top-k", topK),
            named("min-p", minP),
            named("repetition", repetition),
            named("seed", seed));
    getChildren().add(named("temperature", temperature));
    getChildren().addAll(ofChance);
    lens.settings().samplingProperty().addListener((o, before, now) -> show(now));
    show(lens.settings().sampling());
  }

  /** Who first lets chance in does not mean the least likely tokens of all. */
  private static Sampling warmer(Sampling s, double temperature) {
    boolean first = s.temperature() == 0 && temperature > 0 && s.topP() == 1;
    return (first ? s.withTopP(Sampling.USUAL_TOP_P) : s).withTemperature(temperature);
  }

  private static HBox named(String name, NumberField<?> field) {
    Label label = new Label(name);
    label.setMinWidth(USE_PREF_SIZE);
    label.setTooltip(field.getTooltip());
    field.letters(3);
    HBox box = new HBox(4, label, field);
    box.setAlignment(Pos.CENTER_LEFT);
    return box;
  }

  private <T> void change(BiFunction<Sampling, T, Sampling> change, T x) {
    lens.settings().samplingProperty().set(change.apply(lens.settings().sampling(), x));
  }

  private void show(Sampling s) {
    temperature.setValue(s.temperature());
    topP.setValue(s.topP());
    topK.setValue(s.topK());
    minP.setValue(s.minP());
    repetition.setValue(s.repetition());
    seed.setValue((int) s.seed());
    ofChance.forEach(
        box -> {
          box.setVisible(s.temperature() > 0);
          box.setManaged(s.temperature() > 0);
        });
  }
}
