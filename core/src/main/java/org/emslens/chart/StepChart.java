package org.emslens.chart;

import java.awt.Graphics2D;
import java.util.List;
import org.emslens.session.Run;
import org.emslens.session.Step;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** Divergence from the full cache, step by step, of several runs of one prompt. */
public final class StepChart implements Figure {
  private final XYChart chart;

  /**
   * @param labels one per run
   * @param runs with at least one step beyond the prompt
   */
  public StepChart(List<String> labels, List<Run> runs) {
    chart =
        new XYChartBuilder()
            .width(900)
            .height(420)
            .xAxisTitle("step")
            .yAxisTitle("KL from the full cache (nats)")
            .build();
    LineStyle.apply(chart.getStyler());
    chart.getStyler().setXAxisDecimalPattern("0");
    for (int i = 0; i < runs.size(); i++) {
      List<Step> steps = runs.get(i).steps();
      double[] x = steps.stream().skip(1).mapToDouble(Step::index).toArray();
      double[] y = steps.stream().skip(1).mapToDouble(Step::divergence).toArray();
      LineStyle.apply(chart.addSeries(i + 1 + " " + labels.get(i), x, y), i);
    }
  }

  @Override
  public int width() {
    return chart.getWidth();
  }

  @Override
  public int height() {
    return chart.getHeight();
  }

  @Override
  public void paint(Graphics2D g) {
    chart.paint(g, width(), height());
  }
}
