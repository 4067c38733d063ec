package org.emslens.chart;

import java.awt.Graphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** A chart of lines, drawn by XChart. */
abstract class LineChart implements Figure {
  private static final int WIDTH = 900;

  /** Lines are added by those who know what they mean. */
  protected final XYChart chart;

  LineChart(int height, String x, String y) {
    chart = new XYChartBuilder().width(WIDTH).height(height).xAxisTitle(x).yAxisTitle(y).build();
    LineStyle.apply(chart.getStyler());
  }

  @Override
  public final int width() {
    return chart.getWidth();
  }

  @Override
  public final int height() {
    return chart.getHeight();
  }

  @Override
  public final void paint(Graphics2D g) {
    chart.paint(g, width(), height());
  }
}
