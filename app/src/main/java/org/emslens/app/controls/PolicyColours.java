package org.emslens.app.controls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javafx.scene.Node;
import javafx.scene.chart.XYChart;
import org.emslens.cache.Policies;

/**
 * A policy has one colour in all charts, whichever others stand beside it. Further lines of one
 * policy, which differ by switches or budget, are dashed.
 */
public final class PolicyColours {
  private static final int DASHES = 4;

  private PolicyColours() {}

  /**
   * Colours the lines of a chart and its legend, which are there already.
   *
   * @param policies one for each line
   */
  public static <X, Y> void dress(XYChart<X, Y> chart, List<Policies> policies) {
    chart.applyCss();
    List<Node> keys = new ArrayList<>(chart.lookupAll(".chart-legend-item-symbol"));
    for (int i = 0; i < policies.size(); i++) {
      Policies p = policies.get(i);
      long before = policies.subList(0, i).stream().filter(q -> q == p).count();
      Set<String> styles = Set.of("policy-" + p.id(), "dashes-" + before % DASHES);
      XYChart.Series<X, Y> series = chart.getData().get(i);
      dress(series.getNode(), styles);
      series.getData().forEach(d -> dress(d.getNode(), styles));
      String number = "series" + i;
      keys.stream().filter(k -> k.getStyleClass().contains(number)).forEach(k -> dress(k, styles));
    }
  }

  private static void dress(Node n, Set<String> styles) {
    if (n != null) {
      n.getStyleClass()
          .removeIf(
              s ->
                  s.startsWith("default-color")
                      || s.startsWith("policy-")
                      || s.startsWith("dashes-"));
      n.getStyleClass().addAll(styles);
    }
  }
}
