package org.emslens.app.sweep;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.scene.Cursor;
import javafx.scene.control.ComboBox;
import javafx.scene.control.TextField;
import javafx.scene.layout.BorderPane;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.Titles;
import org.emslens.app.experiment.Choices;
import org.emslens.app.experiment.ExperimentForm;
import org.emslens.app.experiment.ExperimentModel;
import org.emslens.app.main.Lens;
import org.emslens.cache.Policies;
import org.emslens.chart.BudgetChart;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.OutcomeCsv;
import org.emslens.experiment.Summary.Measure;
import org.emslens.experiment.Task;

/**
 * Budget against a measure, one line per policy; a click on a point opens one of its runs to look
 * at.
 */
public final class SweepView extends BorderPane {

  /** What is compressed. */
  private enum Source {
    PROSE("generated prose, what follows predicted"),
    NEEDLE("a fact hidden in prose, asked for");

    private final String title;

    Source(String title) {
      this.title = title;
    }
  }

  private final ExperimentModel model;
  private final ComboBox<Source> source = new ComboBox<>();
  private final TextField tokens =
      Choices.field("sweep-tokens", "600", "Tokens of the prompt, about");
  private final TextField continuation =
      Choices.field("sweep-continuation", "64", "Tokens that are predicted after it");
  private final ComboBox<Measure> measure = new ComboBox<>();
  private final BudgetLines chart = new BudgetLines();
  private final ExportMenu export;

  public SweepView(Lens lens, Runnable inspect) {
    model = new ExperimentModel(lens, inspect);
    source.setId("sweep-source");
    source.getItems().setAll(Source.values());
    source.setConverter(Titles.of(s -> s.title));
    source.setValue(Source.PROSE);
    source.setMaxWidth(Double.MAX_VALUE);
    measure.setId("sweep-measure");
    measure.getItems().setAll(Measure.values());
    measure.setConverter(Titles.of(Measure::title));
    measure.setValue(Measure.KL);
    measure.setOnAction(e -> refresh());
    source.setOnAction(
        e -> {
          measure.setValue(source.getValue() == Source.NEEDLE ? Measure.ACCURACY : Measure.KL);
          continuation.setDisable(source.getValue() == Source.NEEDLE);
        });
    export =
        new ExportMenu(
            "sweep",
            () -> OutcomeCsv.table(List.copyOf(model.outcomes())),
            () -> BudgetChart.of(List.copyOf(model.outcomes()), measure.getValue()));
    export
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> chart.isEmpty(), model.outcomes(), measure.valueProperty()));
    setLeft(
        new ExperimentForm(
            "sweep",
            lens,
            model,
            this::tasks,
            "48, 96, 192",
            List.of(Policies.STREAMING_LLM, Policies.H2O, Policies.SNAPKV, Policies.EMS),
            Choices.named("prompts", source),
            Choices.named("tokens", tokens),
            Choices.named("continuation", continuation)));
    Card card = new Card("Budget and what it costs", chart, measure, export);
    card.note().setText("a click on a point opens the run");
    setCenter(card);
    chart.setCursor(Cursor.DEFAULT);
    chart.onPick(model::open);
    model.outcomes().addListener((ListChangeListener<Outcome>) c -> refresh());
    refresh();
  }

  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    for (int n : Choices.parse(tokens, "tokens", Integer::valueOf)) {
      tasks.add(
          source.getValue() == Source.NEEDLE
              ? new Task.NeedleTask(n, -1, true)
              : new Task.ProseTask(
                  n, Choices.parse(continuation, "continuation", Integer::valueOf).getFirst()));
    }
    return tasks;
  }

  private void refresh() {
    chart.show(model.outcomes(), measure.getValue());
  }
}
