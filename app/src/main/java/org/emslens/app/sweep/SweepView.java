package org.emslens.app.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.geometry.Insets;
import javafx.scene.Cursor;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.controlsfx.control.CheckComboBox;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.Titles;
import org.emslens.app.experiment.Choices;
import org.emslens.app.experiment.ExperimentModel;
import org.emslens.app.main.Lens;
import org.emslens.cache.Policies;
import org.emslens.chart.BudgetChart;
import org.emslens.experiment.Grid;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.OutcomeCsv;
import org.emslens.experiment.Summary.Measure;
import org.emslens.experiment.Task;
import org.emslens.session.Budget;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2MZ;

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
  private final CheckComboBox<Policies> policies =
      Choices.policies(
          "sweep-policies", Policies.STREAMING_LLM, Policies.H2O, Policies.SNAPKV, Policies.EMS);
  private final TextField budgets =
      Choices.field(
          "sweep-budgets",
          "48, 96, 192",
          "Slots per KV head, or shares of the prompt such as 0.25");
  private final TextField seeds = Choices.field("sweep-seeds", "1-2", "Seeds of the prompts");
  private final ComboBox<Measure> measure = new ComboBox<>();
  private final Label note = new Label();
  private final Label failure = new Label();
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
    setLeft(form(lens));
    Card card = new Card("Budget and what it costs", chart, measure, export);
    card.note().setText("a click on a point opens the run");
    setCenter(card);
    chart.setCursor(Cursor.DEFAULT);
    chart.onPick(model::open);
    model.outcomes().addListener((ListChangeListener<Outcome>) c -> refresh());
    note.textProperty().bind(model.noteProperty());
    refresh();
  }

  private VBox form(Lens lens) {
    Button run = new Button("Run", new FontIcon(Material2MZ.PLAY_ARROW));
    run.setId("sweep-run");
    run.disableProperty().bind(lens.modelReadyProperty().not());
    run.setOnAction(e -> run());
    Button cancel = new Button("Cancel");
    cancel.setId("sweep-cancel");
    cancel.visibleProperty().bind(lens.busyProperty());
    cancel.setOnAction(e -> lens.cancel());
    note.setId("sweep-note");
    note.setWrapText(true);
    note.getStyleClass().add("card-note");
    failure.setId("sweep-failure");
    failure.setWrapText(true);
    failure.getStyleClass().add("failure");
    failure.setMinHeight(Region.USE_PREF_SIZE);
    VBox form =
        new VBox(
            8,
            Choices.named("prompts", source),
            Choices.named("tokens", tokens),
            Choices.named("continuation", continuation),
            Choices.named("policies", policies),
            Choices.named("budgets", budgets),
            Choices.named("seeds", seeds),
            new HBox(8, run, cancel),
            note,
            failure);
    form.getStyleClass().addAll("card", "form");
    form.setPadding(new Insets(10));
    form.setPrefWidth(280);
    return form;
  }

  private void run() {
    failure.setText("");
    try {
      List<Task> tasks = new ArrayList<>();
      for (int n : Choices.parse(tokens, "tokens", Integer::valueOf)) {
        tasks.add(
            source.getValue() == Source.NEEDLE
                ? new Task.NeedleTask(n, -1, true)
                : new Task.ProseTask(
                    n, Choices.parse(continuation, "continuation", Integer::valueOf).getFirst()));
      }
      model.run(
          new Grid(
                  List.of(ExperimentModel.OPEN_MODEL),
                  tasks,
                  Choices.contenders(policies),
                  List.of(Map.of()),
                  Choices.parse(budgets, "budgets", Budget::parse),
                  Choices.parse(seeds, "seeds", GridFile::seeds).stream()
                      .flatMap(List::stream)
                      .toList(),
                  false)
              .trials());
    } catch (IllegalArgumentException e) {
      failure.setText(e.getMessage());
    }
  }

  private void refresh() {
    chart.show(model.outcomes(), measure.getValue());
  }
}
