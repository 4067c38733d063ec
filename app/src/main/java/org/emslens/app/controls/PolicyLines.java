package org.emslens.app.controls;

import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.chart.XYChart;
import javafx.scene.control.Label;
import javafx.scene.layout.Pane;
import org.emslens.cache.Policies;
import org.emslens.chart.PolicyColours;

/**
 * Lines of policies in a chart of the window: each of its policy's colour; further lines of one
 * policy, which differ by switches or budget, are dashed.
 */
public final class PolicyLines {
  private PolicyLines() {}

  /**
   * Colours the lines of a chart and its legend, which are there already.
   *
   * @param policies one for each line
   */
  public static <X, Y> void dress(XYChart<X, Y> chart, List<Policies> policies) {
    List<Node> keys = keys(chart);
    int[] dashes = PolicyColours.dashes(policies);
    for (int i = 0; i < dashes.length; i++) {
      int colour = PolicyColours.of(policies.get(i));
      Dress dress =
          new Dress(
              String.format(Locale.ROOT, "-policy-colour: #%06x;", colour), "dashes-" + dashes[i]);
      XYChart.Series<X, Y> series = chart.getData().get(i);
      dress.on(series.getNode());
      series.getData().forEach(d -> dress.on(d.getNode()));
      String number = "series" + i;
      keys.stream().filter(k -> k.getStyleClass().contains(number)).forEach(dress::on);
    }
  }

  /**
   * Symbols of the legend. Those of a page that is not shown are no children yet of what they
   * belong to.
   */
  private static List<Node> keys(XYChart<?, ?> chart) {
    return chart.lookup(".chart-legend") instanceof Pane legend
        ? legend.getChildren().stream()
            .filter(Label.class::isInstance)
            .map(n -> ((Label) n).getGraphic())
            .toList()
        : List.of();
  }

  /** What a line and its points are given. */
  private record Dress(String colour, String dashes) {

    void on(Node n) {
      if (n != null) {
        n.setStyle(colour);
        n.getStyleClass()
            .removeIf(
                s ->
                    s.startsWith("default-color") || s.equals("policy") || s.startsWith("dashes-"));
        n.getStyleClass().addAll("policy", dashes);
      }
    }
  }
}
