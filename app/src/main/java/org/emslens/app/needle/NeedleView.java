package org.emslens.app.needle;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.geometry.Insets;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.experiment.Choices;
import org.emslens.app.experiment.ExperimentForm;
import org.emslens.app.experiment.ExperimentModel;
import org.emslens.app.main.Lens;
import org.emslens.cache.Policies;
import org.emslens.chart.NeedleChart;
import org.emslens.experiment.NeedleGrid;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.OutcomeCsv;
import org.emslens.experiment.Task;

/** Needles by length of context and depth, filling in as they are found or lost. */
public final class NeedleView extends BorderPane {
  private static final String INSIDE = "inside the prompt";
  private static final String AFTER = "after the compression";
  private static final String BOTH = "both";

  private final ExperimentModel model;
  private final TextField lengths =
      Choices.field("needle-lengths", "300, 600, 1000", "Tokens of prose");
  private final TextField depths =
      Choices.field("needle-depths", "0, 0.5, 1", "Where the fact stands: 0 first, 1 last");
  private final ComboBox<String> question = new ComboBox<>();
  private final Label hint =
      new Label("Choose lengths, depths and policies at the left, and press Run.");
  private final FlowPane panels = new FlowPane(28, 18);

  public NeedleView(Lens lens, Runnable inspect) {
    model = new ExperimentModel(lens, inspect);
    question.setId("needle-question");
    question.getItems().setAll(INSIDE, AFTER, BOTH);
    question.setValue(INSIDE);
    question.setMaxWidth(Double.MAX_VALUE);
    panels.setId("needle-panels");
    panels.setPadding(new Insets(8));
    hint.getStyleClass().add("card-note");
    ExportMenu export =
        new ExportMenu(
            "needle",
            () -> OutcomeCsv.table(List.copyOf(model.outcomes())),
            () -> NeedleChart.of(List.copyOf(model.outcomes())),
            lens::say,
            lens::fail);
    export.disableProperty().bind(Bindings.isEmpty(model.outcomes()));
    setLeft(
        new ExperimentForm(
            "needle",
            lens,
            model,
            this::tasks,
            "64",
            List.of(Policies.SNAPKV, Policies.EMS),
            Choices.named("context lengths (tokens)", lengths),
            Choices.named("depths of the needle", depths),
            Choices.named("question", question)));
    ScrollPane pane = new ScrollPane(new VBox(hint, panels));
    pane.setFitToWidth(true);
    pane.getStyleClass().add("edge-to-edge");
    Card card = new Card("Needles found", pane, export);
    card.note().setText("a click on a cell opens a run where the answer goes wrong");
    setCenter(card);
    hint.visibleProperty().bind(Bindings.isEmpty(model.outcomes()));
    hint.managedProperty().bind(hint.visibleProperty());
    model.outcomes().addListener((ListChangeListener<Outcome>) c -> refresh());
  }

  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    for (int n : Choices.wholes(lengths, "context lengths")) {
      for (double d : Choices.parse(depths, "depths", Double::valueOf)) {
        if (d < 0 || d > 1) {
          throw new IllegalArgumentException("depth is " + d + "; expected 0 to 1.");
        }
        if (!question.getValue().equals(AFTER)) {
          tasks.add(new Task.NeedleTask(n, d, true));
        }
        if (!question.getValue().equals(INSIDE)) {
          tasks.add(new Task.NeedleTask(n, d, false));
        }
      }
    }
    return tasks;
  }

  /** Panels of grids that are as they were stay, so that a new answer costs one panel's drawing. */
  private void refresh() {
    List<NeedleGrid> grids = NeedleGrid.of(model.outcomes());
    if (panels.getChildren().size() > grids.size()) {
      panels.getChildren().remove(grids.size(), panels.getChildren().size());
    }
    for (int i = 0; i < grids.size(); i++) {
      NeedleGrid grid = grids.get(i);
      if (i >= panels.getChildren().size()) {
        panels.getChildren().add(new NeedlePanel(grid, model::open));
      } else if (!((NeedlePanel) panels.getChildren().get(i)).grid().equals(grid)) {
        panels.getChildren().set(i, new NeedlePanel(grid, model::open));
      }
    }
  }
}
