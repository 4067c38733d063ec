package org.emslens.app.needle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.geometry.Insets;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.controlsfx.control.CheckComboBox;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.experiment.Choices;
import org.emslens.app.experiment.ExperimentModel;
import org.emslens.app.main.Lens;
import org.emslens.cache.Policies;
import org.emslens.chart.NeedleChart;
import org.emslens.experiment.Grid;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.NeedleGrid;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.OutcomeCsv;
import org.emslens.experiment.Task;
import org.emslens.session.Budget;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2MZ;

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
  private final CheckComboBox<Policies> policies =
      Choices.policies("needle-policies", Policies.SNAPKV, Policies.EMS);
  private final TextField budgets =
      Choices.field("needle-budgets", "64", "Slots per KV head, or shares of the prompt");
  private final TextField seeds = Choices.field("needle-seeds", "1-2", "Seeds of the prompts");
  private final ComboBox<String> question = new ComboBox<>();
  private final Label note = new Label();
  private final Label failure = new Label();
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
            () -> NeedleChart.of(List.copyOf(model.outcomes())));
    export.disableProperty().bind(Bindings.isEmpty(model.outcomes()));
    setLeft(form(lens));
    ScrollPane pane = new ScrollPane(new VBox(hint, panels));
    pane.setFitToWidth(true);
    pane.getStyleClass().add("edge-to-edge");
    Card card = new Card("Needles found", pane, export);
    card.note().setText("a click on a cell opens a run where the answer goes wrong");
    setCenter(card);
    hint.visibleProperty().bind(Bindings.isEmpty(model.outcomes()));
    hint.managedProperty().bind(hint.visibleProperty());
    note.textProperty().bind(model.noteProperty());
    model.outcomes().addListener((ListChangeListener<Outcome>) c -> refresh());
  }

  private VBox form(Lens lens) {
    Button run = new Button("Run", new FontIcon(Material2MZ.PLAY_ARROW));
    run.setId("needle-run");
    run.disableProperty().bind(lens.modelReadyProperty().not());
    run.setOnAction(e -> run());
    Button cancel = new Button("Cancel");
    cancel.setId("needle-cancel");
    cancel.visibleProperty().bind(lens.busyProperty());
    cancel.setOnAction(e -> lens.cancel());
    note.setId("needle-note");
    note.setWrapText(true);
    note.getStyleClass().add("card-note");
    failure.setId("needle-failure");
    failure.setWrapText(true);
    failure.getStyleClass().add("failure");
    failure.setMinHeight(Region.USE_PREF_SIZE);
    VBox form =
        new VBox(
            8,
            Choices.named("context lengths (tokens)", lengths),
            Choices.named("depths of the needle", depths),
            Choices.named("question", question),
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
      for (int n : Choices.parse(lengths, "context lengths", Integer::valueOf)) {
        for (double d : Choices.parse(depths, "depths", Double::valueOf)) {
          if (n < 1 || d < 0 || d > 1) {
            throw new IllegalArgumentException(
                n < 1
                    ? "context length is " + n + "; expected a number above 0."
                    : "depth is " + d + "; expected 0 to 1.");
          }
          if (!question.getValue().equals(AFTER)) {
            tasks.add(new Task.NeedleTask(n, d, true));
          }
          if (!question.getValue().equals(INSIDE)) {
            tasks.add(new Task.NeedleTask(n, d, false));
          }
        }
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
    panels
        .getChildren()
        .setAll(
            NeedleGrid.of(model.outcomes()).stream()
                .map(g -> new NeedlePanel(g, model::open))
                .toList());
  }
}
