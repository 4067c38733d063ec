package org.emslens.app.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import javafx.scene.Cursor;
import javafx.scene.Node;
import javafx.scene.chart.LineChart;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;
import javafx.util.Duration;
import javafx.util.StringConverter;
import org.emslens.chart.BudgetChart;
import org.emslens.chart.BudgetChart.Point;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Summary.Measure;

/** Lines of a measure over the budget, doubling from left to right, whose points can be clicked. */
final class BudgetLines extends StackPane {
  private final NumberAxis x = new NumberAxis();
  private final NumberAxis y = new NumberAxis();
  private final LineChart<Number, Number> chart = new LineChart<>(x, y);
  private final Label hint = new Label();
  private Consumer<Outcome> picked = o -> {};

  BudgetLines() {
    chart.setId("sweep-chart");
    chart.setAnimated(false);
    chart.setMinSize(0, 0);
    x.setLabel("budget (slots per KV head, logarithmic)");
    x.setForceZeroInRange(false);
    x.setTickUnit(1);
    x.setMinorTickVisible(false);
    x.setAutoRanging(false);
    x.setTickLabelFormatter(
        new StringConverter<>() {
          @Override
          public String toString(Number log) {
            return BudgetChart.slots(log.doubleValue());
          }

          @Override
          public Number fromString(String text) {
            throw new UnsupportedOperationException();
          }
        });
    hint.getStyleClass().add("card-note");
    getChildren().addAll(chart, hint);
    setMinSize(0, 0);
  }

  /** Is told which run was clicked: of a point's runs, the one that came out worst. */
  void onPick(Consumer<Outcome> consumer) {
    picked = consumer;
  }

  boolean isEmpty() {
    return chart.getData().isEmpty();
  }

  void show(Collection<Outcome> outcomes, Measure measure) {
    Map<String, List<Point>> lines = BudgetChart.lines(outcomes, measure);
    hint.setText(
        outcomes.isEmpty()
            ? "Choose prompts, policies and budgets at the left, and press Run."
            : lines.isEmpty() ? "These runs say nothing about: " + measure.title() + "." : "");
    y.setLabel(measure.title());
    y.setForceZeroInRange(measure != Measure.LOG_PROBABILITY);
    List<XYChart.Series<Number, Number>> series = new ArrayList<>();
    double low = Double.MAX_VALUE;
    double high = 0;
    for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
      XYChart.Series<Number, Number> s = new XYChart.Series<>();
      s.setName(line.getKey());
      for (Point p : line.getValue()) {
        double at = p.doublings();
        low = Math.min(low, at);
        high = Math.max(high, at);
        s.getData().add(new XYChart.Data<>(at, p.estimate().mean(), p));
      }
      series.add(s);
    }
    x.setLowerBound(Math.floor(Math.min(low, 20)));
    x.setUpperBound(Math.max(Math.ceil(high), Math.floor(Math.min(low, 20)) + 1));
    chart.getData().setAll(series);
    for (XYChart.Series<Number, Number> s : series) {
      for (XYChart.Data<Number, Number> d : s.getData()) {
        explain(d.getNode(), s.getName(), (Point) d.getExtraValue());
      }
    }
  }

  private void explain(Node node, String label, Point p) {
    Tooltip tip =
        new Tooltip(
            String.format(
                Locale.ROOT,
                "%s, budget %s (%.0f slots)%n%.4g, 95 %% between %.4g and %.4g%n%d runs; click to open the worst",
                label,
                p.summary().budget(),
                p.slots(),
                p.estimate().mean(),
                p.estimate().low(),
                p.estimate().high(),
                p.estimate().n()));
    tip.setShowDelay(Duration.millis(150));
    Tooltip.install(node, tip);
    node.setCursor(Cursor.HAND);
    node.setOnMouseClicked(
        e ->
            p.summary().outcomes().stream()
                .max(
                    (a, b) ->
                        Double.compare(
                            a.drift().nll() - a.drift().fullNll(),
                            b.drift().nll() - b.drift().fullNll()))
                .ifPresent(picked));
  }
}
