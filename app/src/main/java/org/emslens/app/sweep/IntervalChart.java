package org.emslens.app.sweep;

import java.util.ArrayList;
import java.util.List;
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
  private static final double APART = 3;
  private static final double CAP = 3;

  /** Pixels; a point is somewhat smaller. */
  private static final double EDGE = 6;

  private final List<Path> bars = new ArrayList<>();

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
      double aside = (i - (n - 1) / 2.0) * APART;
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

  /** Points on the edge of the plot, such as a share of 0 or 1, are drawn whole. */
  private void showEdges() {
    if (!getPlotChildren().isEmpty()
        && getPlotChildren().getFirst().getParent().getClip() instanceof Rectangle clip) {
      clip.setX(clip.getX() - EDGE);
      clip.setY(clip.getY() - EDGE);
      clip.setWidth(clip.getWidth() + 2 * EDGE);
      clip.setHeight(clip.getHeight() + 2 * EDGE);
    }
  }

  private Path bar(int series, Point p, double x) {
    double low = getYAxis().getDisplayPosition(p.estimate().low());
    double high = getYAxis().getDisplayPosition(p.estimate().high());
    Path bar =
        new Path(
            new MoveTo(x - CAP, low),
            new LineTo(x + CAP, low),
            new MoveTo(x, low),
            new LineTo(x, high),
            new MoveTo(x - CAP, high),
            new LineTo(x + CAP, high));
    bar.setMouseTransparent(true);
    bar.getStyleClass().add("interval");
    if (getData().get(series).getNode() instanceof Shape line) {
      bar.strokeProperty().bind(line.strokeProperty());
    }
    return bar;
  }
}
