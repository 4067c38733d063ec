package org.emslens.app.needle;

import java.util.Locale;
import java.util.function.Consumer;
import javafx.geometry.HPos;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Cursor;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Background;
import javafx.scene.layout.BackgroundFill;
import javafx.scene.layout.CornerRadii;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.scene.paint.Color;
import javafx.util.Duration;
import org.emslens.app.controls.Argb;
import org.emslens.app.controls.Format;
import org.emslens.chart.ColourMap;
import org.emslens.experiment.NeedleGrid;
import org.emslens.experiment.Outcome;

/** One policy's grid: lengths across, depths down, a cell's colour the share of right answers. */
final class NeedlePanel extends GridPane {
  private static final int LABELS = 1;
  private static final double LEAST_WIDTH = 86;
  private static final double LEAST_HEIGHT = 42;
  private static final double BESIDE = 90;

  private final NeedleGrid grid;

  NeedlePanel(NeedleGrid grid, Consumer<Outcome> open) {
    this.grid = grid;
    setHgap(2);
    setVgap(2);
    Label title = new Label(grid.title());
    title.getStyleClass().add("card-title");
    add(title, 0, 0, grid.lengths().size() + LABELS, 1);
    for (int y = 0; y < grid.depths().size(); y++) {
      double depth = grid.depths().get(y);
      boolean first = depth == grid.depths().getFirst() && depth != NeedleGrid.ANYWHERE;
      Label name = quiet((first ? "depth  " : "") + NeedleGrid.named(depth));
      GridPane.setHalignment(name, HPos.RIGHT);
      add(name, 0, y + 1);
      for (int x = 0; x < grid.lengths().size(); x++) {
        add(cell(grid.cell(grid.lengths().get(x), depth), open), x + LABELS, y + 1);
      }
    }
    int foot = grid.depths().size() + 1;
    for (int x = 0; x < grid.lengths().size(); x++) {
      Label name = quiet(Format.count(grid.lengths().get(x)));
      GridPane.setHalignment(name, HPos.CENTER);
      add(name, x + LABELS, foot);
    }
    Label axis = quiet("context (tokens)");
    GridPane.setHalignment(axis, HPos.CENTER);
    add(axis, LABELS, foot + 1, grid.lengths().size(), 1);
  }

  /** The width below which its cells would not hold their words. */
  double leastWidth() {
    return grid.lengths().size() * (LEAST_WIDTH + 2) + BESIDE;
  }

  NeedleGrid grid() {
    return grid;
  }

  private static Label quiet(String text) {
    Label l = new Label(text);
    l.getStyleClass().add("card-note");
    return l;
  }

  private static VBox cell(NeedleGrid.Cell cell, Consumer<Outcome> open) {
    VBox box = new VBox();
    box.setAlignment(Pos.CENTER);
    box.setMinSize(LEAST_WIDTH, LEAST_HEIGHT);
    box.setMaxSize(Double.MAX_VALUE, Double.MAX_VALUE);
    GridPane.setHgrow(box, Priority.ALWAYS);
    GridPane.setVgrow(box, Priority.ALWAYS);
    box.getStyleClass().add("needle-cell");
    if (cell == null) {
      return box;
    }
    double p = cell.accuracy().mean();
    int n = cell.accuracy().n();
    Color ink = p > 0.55 ? Color.BLACK : Color.WHITE;
    box.setBackground(
        new Background(
            new BackgroundFill(
                Argb.paint(ColourMap.VIRIDIS.colour(p)), new CornerRadii(3), Insets.EMPTY)));
    Label share = new Label(Math.round(p * n) + " of " + n);
    share.setTextFill(ink);
    Label sure =
        new Label(
            String.format(
                Locale.ROOT,
                "%.0f to %.0f %%",
                100 * cell.accuracy().low(),
                100 * cell.accuracy().high()));
    sure.setTextFill(ink);
    sure.getStyleClass().add("needle-interval");
    box.getChildren().addAll(share, sure);
    box.setCursor(Cursor.HAND);
    Tooltip tip =
        new Tooltip(
            String.format(
                Locale.ROOT,
                "%d of %d right, 95 %% between %.0f and %.0f %%%nlog-probability of the answer per token %.2f%nclick to open a run",
                Math.round(p * n),
                n,
                100 * cell.accuracy().low(),
                100 * cell.accuracy().high(),
                cell.logProbability()));
    tip.setShowDelay(Duration.millis(150));
    Tooltip.install(box, tip);
    box.setOnMouseClicked(
        e ->
            cell.outcomes().stream()
                .max((a, b) -> Double.compare(a.drift().nll(), b.drift().nll()))
                .ifPresent(open));
    return box;
  }
}
