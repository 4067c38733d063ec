package org.emslens.app.sweep;

import java.util.List;
import java.util.function.Consumer;
import javafx.beans.value.ObservableValue;
import javafx.collections.ListChangeListener;
import javafx.scene.Cursor;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.BorderPane;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Titles;
import org.emslens.app.experiment.ExperimentForm;
import org.emslens.app.experiment.ExperimentModel;
import org.emslens.app.lens.Lens;
import org.emslens.cache.Policies;
import org.emslens.chart.BudgetChart;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.OutcomeCsv;
import org.emslens.experiment.Summary.Measure;

/**
 * Budget against a measure, one line per policy; a click on a point opens one of its runs to look
 * at.
 */
public final class SweepView extends BorderPane {

  private static final String HELP =
      "Each point is the mean over runs, with its 95 % interval, at a budget of slots per KV head, doubling from left to right. KL and agreement compare the next-token distribution with the full cache's on the same text; accuracy is the share of hidden facts that come out. A click on a point opens the run that came out worst.";

  private final SweepPrompts prompts;
  private final ExperimentForm form;
  private final ExperimentModel model;
  private final ComboBox<Measure> measure = new ComboBox<>();
  private final BudgetLines chart;
  private final ExportMenu export;

  /**
   * @param about which prompt is open
   */
  public SweepView(
      Lens lens, FileDialogs dialogs, ObservableValue<String> about, Consumer<Runnable> inspect) {
    model = new ExperimentModel("Sweep", lens, inspect);
    chart =
        new BudgetLines(
            model.hint("Choose prompts, policies and budgets at the left, and press Run."));
    prompts = new SweepPrompts(lens, dialogs, about);
    measure.setId("sweep-measure");
    measure.getItems().setAll(Measure.values());
    measure.setConverter(Titles.of(Measure::title));
    measure.setValue(Measure.KL);
    Titles.fit(measure);
    measure.setOnAction(e -> refresh());
    prompts
        .sourceProperty()
        .addListener(
            (o, before, now) -> {
              // Accuracy is of facts only, and what facts are first looked at by. Results that are
              // there stay in sight.
              if (!model.outcomes().isEmpty()) {
                return;
              }
              if (now.asks()) {
                measure.setValue(Measure.ACCURACY);
              } else if (measure.getValue() == Measure.ACCURACY) {
                measure.setValue(Measure.KL);
              }
            });
    export =
        new ExportMenu(
            "sweep",
            model::origin,
            () -> OutcomeCsv.table(List.copyOf(model.outcomes())),
            () ->
                BudgetChart.of(
                    List.copyOf(model.outcomes()),
                    measure.getValue(),
                    model.overlayProperty().get()),
            dialogs,
            lens.files()::export);
    export.onNumbers(model::keeping);
    export.disableProperty().bind(chart.emptyProperty());
    form =
        new ExperimentForm(
            "sweep",
            lens,
            model,
            prompts::tasks,
            this::command,
            "48, 96, 192",
            List.of(
                Policies.FULL, Policies.STREAMING_LLM, Policies.H2O, Policies.SNAPKV, Policies.EMS),
            prompts);
    form.seeded(prompts.sourceProperty().map(SweepPrompts.Source::isSeeded));
    setLeft(ExperimentForm.scrolling(form));
    Card card = new Card("Budget and what it costs", HELP, chart, measure, export);
    card.note().setText("a click on a point opens the run");
    setCenter(card);
    chart.setCursor(Cursor.DEFAULT);
    chart.onPick(model::open);
    chart.opacityProperty().bind(Parts.fading(model.leavingProperty()));
    model
        .outcomes()
        .addListener(
            (ListChangeListener<Outcome>)
                c -> {
                  suit();
                  refresh();
                });
    refresh();
  }

  /** The line that runs what the form says. */
  public String command() {
    return form.line("sweep", prompts.options());
  }

  /** Runs what the form says, where that can be. */
  public void run() {
    form.run();
  }

  /** Whether it has results that are in no file. */
  public boolean isUnsaved() {
    return model.isUnsaved();
  }

  /** Ends what this page runs, if anything; tells whether it did. */
  public boolean cancel() {
    return model.cancel();
  }

  /** Of results that say nothing about what was measured before, something else is shown. */
  private void suit() {
    List<Outcome> made = model.outcomes().stream().filter(o -> o.error() == null).toList();
    boolean asks = !made.isEmpty() && made.stream().allMatch(Outcome::asks);
    boolean predicts = !made.isEmpty() && made.stream().noneMatch(Outcome::asks);
    if (predicts && measure.getValue().isOfAnswers()) {
      measure.setValue(Measure.KL);
    } else if (asks && !measure.getValue().isOfAnswers() && measure.getValue() != Measure.KL) {
      measure.setValue(Measure.ACCURACY);
    }
  }

  private void refresh() {
    chart.show(model.outcomes(), measure.getValue(), model.overlayProperty().get());
  }
}
