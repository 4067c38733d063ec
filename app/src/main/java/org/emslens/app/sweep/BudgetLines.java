package org.emslens.app.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableStringValue;
import javafx.scene.Cursor;
import javafx.scene.Node;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;
import javafx.util.Duration;
import javafx.util.StringConverter;
import org.emslens.app.controls.PolicyLines;
import org.emslens.chart.BudgetChart;
import org.emslens.chart.BudgetChart.Point;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Summary;
import org.emslens.experiment.Summary.Measure;

/** Lines of a measure over the budget, doubling from left to right, whose points can be clicked. */
final class BudgetLines extends StackPane {
  /** Intervals of few runs go beyond the picture rather than press the lines flat. */
  private static final double MOST_ROOM = 0.8;

  /** Doublings between a point and the edge of the picture, about half a point's width. */
  private static final double EDGE = 0.08;

  private final NumberAxis x = new NumberAxis();
  private final NumberAxis y = new NumberAxis();
  private final IntervalChart chart = new IntervalChart(x, y);
  private final Label hint = new Label();
  private final ReadOnlyBooleanWrapper empty = new ReadOnlyBooleanWrapper(this, "empty", true);
  private final BooleanProperty none = new SimpleBooleanProperty(this, "none", true);
  private final StringProperty says = new SimpleStringProperty(this, "says", "");
  private Consumer<Outcome> picked = o -> {};

  /** Where the budgets begin, in doublings, and where they end. */
  private double from;

  private double to;

  /**
   * @param nothing said where there are no results
   */
  BudgetLines(ObservableStringValue nothing) {
    chart.setId("sweep-chart");
    chart.setAnimated(false);
    chart.setMinSize(0, 0);
    x.setLabel("budget (slots per KV head, logarithmic)");
    x.setForceZeroInRange(false);
    x.setTickUnit(1);
    x.setMinorTickVisible(false);
    x.setAutoRanging(false);
    y.setAutoRanging(false);
    y.setMinorTickVisible(false);
    chart.getStyleClass().add("roomy");
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
    hint.textProperty().bind(Bindings.when(none).then(nothing).otherwise(says));
    chart.visibleProperty().bind(empty.not());
    hint.visibleProperty().bind(empty);
    getChildren().addAll(chart, hint);
    setMinSize(0, 0);
  }

  /** Is told which run was clicked: of a point's runs, the one that came out worst. */
  void onPick(Consumer<Outcome> consumer) {
    picked = consumer;
  }

  /** Whether there is no line. */
  ReadOnlyBooleanProperty emptyProperty() {
    return empty.getReadOnlyProperty();
  }

  void show(Collection<Outcome> outcomes, Measure measure, boolean apart) {
    Map<String, List<Point>> lines = BudgetChart.lines(outcomes, measure, apart);
    none.set(outcomes.isEmpty());
    says.set(lines.isEmpty() ? "These runs say nothing about: " + measure.title() + "." : "");
    empty.set(lines.isEmpty());
    y.setLabel(BudgetChart.title(lines, measure));
    List<Point> points = lines.values().stream().flatMap(List::stream).toList();
    if (!points.isEmpty()) {
      fit(points, measure.fromZero());
      widths(lines.values());
    }
    List<XYChart.Series<Number, Number>> series = new ArrayList<>();
    for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
      XYChart.Series<Number, Number> s = new XYChart.Series<>();
      s.setName(line.getKey());
      if (across(line.getValue())) {
        Point p = line.getValue().getFirst();
        s.getData().add(new XYChart.Data<>(from, p.estimate().mean(), p));
        s.getData().add(new XYChart.Data<>(to, p.estimate().mean(), p));
      } else {
        for (Point p : line.getValue()) {
          s.getData().add(new XYChart.Data<>(p.doublings(), p.estimate().mean(), p));
        }
      }
      series.add(s);
    }
    chart.getData().setAll(series);
    PolicyLines.dress(chart, lines.values().stream().map(BudgetChart::policy).toList());
    int i = 0;
    for (List<Point> line : lines.values()) {
      if (across(line)) {
        series.get(i).getNode().getStyleClass().add(IntervalChart.ACROSS);
      }
      i++;
    }
    for (XYChart.Series<Number, Number> s : series) {
      for (XYChart.Data<Number, Number> d : s.getData()) {
        explain(d.getNode(), s.getName(), (Point) d.getExtraValue(), measure.fromZero());
      }
    }
  }

  /** A full cache goes from the least budget to the most, where there are any. */
  private boolean across(List<Point> line) {
    return BudgetChart.isFull(line) && to > from;
  }

  private void widths(Collection<List<Point>> lines) {
    boolean budgets = !lines.stream().allMatch(BudgetChart::isFull);
    DoubleSummaryStatistics at =
        lines.stream()
            .filter(l -> !budgets || !BudgetChart.isFull(l))
            .flatMap(List::stream)
            .mapToDouble(Point::doublings)
            .summaryStatistics();
    x.setLowerBound(Math.floor(at.getMin() - EDGE));
    x.setUpperBound(Math.ceil(at.getMax() + EDGE));
    boolean one = at.getMin() == at.getMax();
    from = one && budgets ? x.getLowerBound() : at.getMin();
    to = one && budgets ? x.getUpperBound() : at.getMax();
  }

  /** An axis as high as the data with its intervals, in round steps. */
  private void fit(List<Point> points, boolean fromZero) {
    double least = points.stream().mapToDouble(p -> p.estimate().mean()).min().orElse(0);
    double most = points.stream().mapToDouble(p -> p.estimate().mean()).max().orElse(1);
    double room = MOST_ROOM * Math.max(most - (fromZero ? 0 : least), 1e-6);
    double high = points.stream().mapToDouble(BudgetLines::high).max().orElse(1);
    high = Math.min(high, most + room);
    double low = points.stream().mapToDouble(BudgetLines::low).min().orElse(0);
    low = fromZero ? 0 : Math.max(low, least - room);
    if (high - low < 1e-6) {
      high = low + 1; // all alike: an axis of one unit says more than one of their rounding
    }
    double step = step((high - low) / 6);
    y.setLowerBound(Math.floor(low / step) * step);
    y.setUpperBound(Math.max(Math.ceil(high / step) * step, y.getLowerBound() + step));
    y.setTickUnit(step);
  }

  private static double low(Point p) {
    return Math.min(p.estimate().mean(), finite(p.estimate().low(), p));
  }

  private static double high(Point p) {
    return Math.max(p.estimate().mean(), finite(p.estimate().high(), p));
  }

  private static double finite(double x, Point p) {
    return Double.isFinite(x) ? x : p.estimate().mean();
  }

  /** 1, 2 or 5 times a power of ten, not below a number. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
    for (double f : new double[] {1, 2, 5}) {
      if (f * power >= least) {
        return f * power;
      }
    }
    return 10 * power;
  }

  /** A single run has no interval. */
  private static String told(Summary.Estimate e, boolean fromZero) {
    return e.n() == 1
        ? String.format(Locale.ROOT, "%.4g%n1 run; click to open it", e.mean())
        : String.format(
            Locale.ROOT,
            "%.4g, 95 %% between %.4g and %.4g%n%d runs; click to open the worst",
            e.mean(),
            fromZero ? Math.max(0, e.low()) : e.low(),
            e.high(),
            e.n());
  }

  private void explain(Node node, String label, Point p, boolean fromZero) {
    Tooltip tip =
        new Tooltip(
            String.format(
                Locale.ROOT,
                "%s, budget %s (%.0f slots)%n%s",
                label,
                p.summary().budget(),
                p.slots(),
                told(p.estimate(), fromZero)));
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
