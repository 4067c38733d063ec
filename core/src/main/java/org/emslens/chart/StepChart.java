package org.emslens.chart;

import java.util.List;
import org.emslens.session.Run;
import org.emslens.session.Step;

/** Divergence from the full cache, step by step, of several runs of one prompt. */
public final class StepChart extends LineChart {
  /**
   * @param labels one per run
   * @param runs with at least one step beyond the prompt
   */
  public StepChart(List<String> labels, List<Run> runs) {
    super(420, "step", "KL from the full cache (nats)");
    chart.getStyler().setXAxisDecimalPattern("0");
    List<LineStyle> styles = LineStyle.of(runs.stream().map(r -> r.choice().policy()).toList());
    for (int i = 0; i < runs.size(); i++) {
      List<Step> steps = runs.get(i).steps();
      double[] x = steps.stream().skip(1).mapToDouble(Step::index).toArray();
      double[] y = steps.stream().skip(1).mapToDouble(Step::divergence).toArray();
      styles.get(i).line(chart.addSeries(i + 1 + " " + labels.get(i), x, y));
    }
  }
}
