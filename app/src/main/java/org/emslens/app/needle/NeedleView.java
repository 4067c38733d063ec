package org.emslens.app.needle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.collections.ListChangeListener;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.StackPane;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.Choices;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Scroll;
import org.emslens.app.experiment.ExperimentForm;
import org.emslens.app.experiment.ExperimentModel;
import org.emslens.app.experiment.QuestionBox;
import org.emslens.app.lens.Lens;
import org.emslens.cache.Policies;
import org.emslens.chart.NeedleChart;
import org.emslens.experiment.NeedleGrid;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.OutcomeCsv;
import org.emslens.experiment.Task;

/** Needles by length of context and depth, filling in as they are found or lost. */
public final class NeedleView extends BorderPane {
  private static final double GAP = 20;
  private static final double LEAST_HEIGHT = 170;

  private static final String HELP =
      "A fact is hidden in generated prose of a length (across) at a depth (down); a cell is the share of seeds whose answer comes out word for word, with its 95 % interval (Wilson). A click on a cell opens a run where the answer goes wrong.";

  private final ExperimentForm form;
  private final ExperimentModel model;
  private final TextField lengths =
      Choices.field("needle-lengths", "300, 600, 1000", "Tokens of prose");
  private final TextField depths =
      Choices.field(
          "needle-depths", "0, 0.5, 1", "Where the fact stands: 0 first, 1 or 100 % last");
  private final QuestionBox question = new QuestionBox("needle-question");
  private final Label hint = new Label();
  private final FlowPane panels = new FlowPane(GAP, GAP);
  private final ScrollPane pane;

  public NeedleView(Lens lens, FileDialogs dialogs, Consumer<Runnable> inspect) {
    model = new ExperimentModel("Needle", lens, inspect);
    panels.setId("needle-panels");
    panels.setPadding(new Insets(8));
    hint.getStyleClass().add("card-note");
    ExportMenu export =
        new ExportMenu(
            "needle",
            model::origin,
            () -> OutcomeCsv.table(List.copyOf(model.outcomes())),
            () -> NeedleChart.of(List.copyOf(model.outcomes())),
            dialogs,
            lens.files()::export);
    export.onNumbers(model::keeping);
    export.disableProperty().bind(Bindings.isEmpty(model.outcomes()));
    form =
        new ExperimentForm(
            "needle",
            lens,
            model,
            this::tasks,
            this::command,
            "64",
            List.of(Policies.SNAPKV, Policies.EMS),
            Choices.named("context lengths (tokens)", lengths),
            Choices.named("depths of the needle", depths),
            Choices.named("question", question));
    setLeft(ExperimentForm.scrolling(form));
    pane = Scroll.of(panels);
    panels.opacityProperty().bind(Parts.fading(model.leavingProperty()));
    pane.viewportBoundsProperty().addListener((o, before, now) -> spread());
    Card card = new Card("Needles found", HELP, new StackPane(pane, hint), export);
    card.note().setText("a click on a cell opens a run");
    setCenter(card);
    hint.textProperty()
        .bind(model.hint("Choose lengths, depths and policies at the left, and press Run."));
    hint.visibleProperty().bind(Bindings.isEmpty(model.outcomes()));
    hint.managedProperty().bind(hint.visibleProperty());
    model.outcomes().addListener((ListChangeListener<Outcome>) c -> refresh());
  }

  /** The line that runs what the form says. */
  public String command() {
    List<String> places =
        List.of(
            "--lengths",
            lengths.getText().replace(" ", ""),
            "--depths",
            depths().stream().map(d -> Double.toString(d)).collect(Collectors.joining(",")));
    return form.line("needle", Stream.concat(places.stream(), question.option().stream()).toList());
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

  /** Shares, or per cent, as the grids have them. */
  private List<Double> depths() {
    List<Double> all = Choices.parse(depths, "depths", NeedleView::depth);
    for (double d : all) {
      if (d < 0 || d > 1) {
        throw new IllegalArgumentException("depth is " + d + "; expected 0 to 1, or 0 % to 100 %.");
      }
    }
    return all;
  }

  private static Double depth(String written) {
    return written.endsWith("%")
        ? Double.parseDouble(written.substring(0, written.length() - 1)) / 100
        : Double.valueOf(written);
  }

  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    for (int n : Choices.wholes(lengths, "context lengths")) {
      for (double d : depths()) {
        question.inside().forEach(in -> tasks.add(new Task.NeedleTask(n, d, in)));
      }
    }
    return tasks;
  }

  /** Panels beside each other, as large as the page lets them be. */
  private void spread() {
    int n = panels.getChildren().size();
    double w = pane.getViewportBounds().getWidth() - GAP;
    double h = pane.getViewportBounds().getHeight() - GAP;
    if (n == 0 || w <= 0) {
      return;
    }
    double least =
        panels.getChildren().stream()
            .mapToDouble(p -> ((NeedlePanel) p).leastWidth())
            .max()
            .orElse(w);
    int across = Math.clamp((long) ((w + GAP) / (least + GAP)), 1, n);
    int down = (n + across - 1) / across;
    for (Node p : panels.getChildren()) {
      ((NeedlePanel) p).setPrefWidth(Math.floor((w - (across - 1) * GAP) / across) - 1);
      ((NeedlePanel) p).setPrefHeight(Math.max(LEAST_HEIGHT, (h - (down - 1) * GAP) / down - 1));
    }
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
    spread();
  }
}
