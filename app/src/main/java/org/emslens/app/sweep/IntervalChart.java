package org.emslens.app.sweep;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.chart.LineChart;
import javafx.scene.chart.NumberAxis;
import javafx.scene.shape.LineTo;
import javafx.scene.shape.MoveTo;
import javafx.scene.shape.Path;
import javafx.scene.shape.Rectangle;
import javafx.scene.shape.Shape;
import org.emslens.chart.BudgetChart.Point;

/**
 * Lines whose points have intervals, but for points of one run, drawn beside each other where they
 * stand at one budget: lines that are equal are all seen.
 */
final class IntervalChart extends LineChart<Number, Number> {
  /** The style class of a line that goes across all budgets, and stands aside of none. */
  static final String ACROSS = "across";

  private static final double APART = 3;
  private static final double CAP = 3;

  /** Pixels; a point is somewhat smaller. */
  private static final double EDGE = 6;

  private final List<Path> bars = new ArrayList<>();
  private Rectangle wide;

  IntervalChart(NumberAxis x, NumberAxis y) {
    super(x, y);
  }

  @Override
  protected void layoutPlotChildren() {
    super.layoutPlotChildren();
    showEdges();
    getPlotChildren().removeAll(bars);
    bars.clear();
    int n = getData().size();
    for (int i = 0; i < n; i++) {
      boolean across = getData().get(i).getNode().getStyleClass().contains(ACROSS);
      double aside = across ? 0 : (i - (n - 1) / 2.0) * APART;
      getData().get(i).getNode().setTranslateX(aside);
      for (Data<Number, Number> d : getData().get(i).getData()) {
        d.getNode().setTranslateX(aside);
        if (d.getExtraValue() instanceof Point p
            && p.estimate().n() > 1
            && Double.isFinite(p.estimate().low())
            && Double.isFinite(p.estimate().high())) {
          bars.add(bar(i, p, getXAxis().getDisplayPosition(d.getXValue()) + aside));
        }
      }
    }
    getPlotChildren().addAll(0, bars);
  }

  /**
   * Points on the edge of the plot, such as a share of 0 or 1, are drawn whole: the chart sets its
   * clip after its content was laid out, so another one follows it.
   */
  private void showEdges() {
    if (wide != null || getPlotChildren().isEmpty()) {
      return;
    }
    Node area = getPlotChildren().getFirst().getParent().getParent();
    if (area.getClip() instanceof Rectangle narrow) {
      wide = new Rectangle();
      wide.xProperty().bind(narrow.xProperty().subtract(EDGE));
      wide.yProperty().bind(narrow.yProperty().subtract(EDGE));
      wide.widthProperty().bind(narrow.widthProperty().add(2 * EDGE));
      wide.heightProperty().bind(narrow.heightProperty().add(2 * EDGE));
      area.setClip(wide);
    }
  }

  /** An interval that goes beyond the plot ends at its edge, without a cap. */
  private Path bar(int series, Point p, double x) {
    double low = getYAxis().getDisplayPosition(p.estimate().low());
    double high = getYAxis().getDisplayPosition(p.estimate().high());
    double bottom = getYAxis().getHeight();
    Path bar =
        new Path(
            new MoveTo(x, Math.clamp(low, 0, bottom)), new LineTo(x, Math.clamp(high, 0, bottom)));
    for (double end : new double[] {low, high}) {
      if (end >= 0 && end <= bottom) {
        bar.getElements().addAll(new MoveTo(x - CAP, end), new LineTo(x + CAP, end));
      }
    }
    bar.setMouseTransparent(true);
    bar.getStyleClass().add("interval");
    if (getData().get(series).getNode() instanceof Shape line) {
      bar.strokeProperty().bind(line.strokeProperty());
    }
    return bar;
  }
}
