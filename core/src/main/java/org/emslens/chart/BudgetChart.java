package org.emslens.chart;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.emslens.cache.Policies;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Summary;
import org.emslens.experiment.Summary.Estimate;
import org.emslens.experiment.Summary.Measure;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Budget against a measure, one line per policy with its switches, 95 % intervals as upright lines;
 * a full cache is a dashed line across.
 */
public final class BudgetChart extends LineChart {
  /** Pixels for the whole axis, less than there are, so that a tick's step becomes a doubling. */
  private static final int TICK_SPACE = 450;

  /** Part of the axis by which neighbouring lines stand apart. */
  private static final double ASIDE = 0.006;

  /** One run has no interval. */
  private static final int FEWEST = 2;

  /** Doublings to either side of an only budget. */
  private static final double ALONE = 0.5;

  /** A budget's share of a prompt is rounded to slots. */
  private static final double WHOLE = 0.05;

  /**
   * A point of a line.
   *
   * @param slots per KV head
   */
  public record Point(Summary summary, double slots, Estimate estimate) {

    /** Its place on an axis that doubles from tick to tick; neither chart library labels one. */
    public double doublings() {
      return Math.log(slots) / Math.log(2);
    }
  }

  /** What a place on that axis stands for. */
  public static String slots(double doublings) {
    return String.format(Locale.ROOT, "%,d", Math.round(Math.pow(2, doublings)));
  }

  /**
   * @return null where no outcome speaks of the measure
   */
  public static BudgetChart of(Collection<Outcome> outcomes, Measure measure) {
    return of(outcomes, measure, false);
  }

  /** The same, as {@link #lines} has it. */
  public static BudgetChart of(Collection<Outcome> outcomes, Measure measure, boolean apart) {
    Map<String, List<Point>> lines = lines(outcomes, measure, apart);
    return lines.isEmpty() ? null : new BudgetChart(lines, measure);
  }

  /**
   * The lines of the chart: points by rising slots, per contender.
   *
   * @param apart whether runs of other prompts are other lines, as where several experiments are
   *     shown together; else a point is the mean over all prompts
   */
  public static Map<String, List<Point>> lines(
      Collection<Outcome> outcomes, Measure measure, boolean apart) {
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    for (Summary s : apart ? Summary.byTask(outcomes) : Summary.of(outcomes)) {
      Estimate e = s.estimate(measure);
      if (e != null) {
        lines.computeIfAbsent(s.label(), k -> new ArrayList<>()).add(new Point(s, s.slots(), e));
      }
    }
    lines.values().forEach(l -> l.sort(Comparator.comparingDouble(Point::slots)));
    return lines;
  }

  private BudgetChart(Map<String, List<Point>> lines, Measure measure) {
    super(540, "budget (slots per KV head, logarithmic)", title(lines, measure));
    double least =
        lines.values().stream().flatMap(List::stream).mapToDouble(Point::doublings).min().orElse(0);
    double most =
        lines.values().stream()
            .filter(l -> !isFull(l))
            .flatMap(List::stream)
            .mapToDouble(Point::doublings)
            .max()
            .orElse(least + 1);
    // Counted from the least budget on, ticks stand at budgets where those double; where they do
    // not, at powers of two.
    double from = doubling(lines.values(), least) ? least : Math.floor(least);
    double doublings = Math.max(1, from == least ? most - least : Math.ceil(most) - from);
    chart.getStyler().setxAxisTickLabelsFormattingFunction(x -> label(x, from));
    boolean one = most == least;
    if (one) {
      chart.getStyler().setXAxisMin(-ALONE).setXAxisMax(ALONE);
    } else if (from != least) {
      chart.getStyler().setXAxisMin(0.0).setXAxisMax(doublings);
    }
    if (measure.fromZero()) {
      chart.getStyler().setYAxisMin(0.0);
    }
    chart.getStyler().setXAxisTickMarkSpacingHint((int) (TICK_SPACE / Math.ceil(doublings)));
    double aside = ASIDE * doublings;
    List<LineStyle> styles =
        LineStyle.of(
            lines.values().stream().filter(l -> !isFull(l)).map(BudgetChart::policy).toList());
    // An interval of few runs may reach where no run can.
    double floor = measure.fromZero() ? 0 : Double.NEGATIVE_INFINITY;
    int i = 0;
    for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
      if (isFull(line.getValue())) {
        double y = line.getValue().getFirst().estimate().mean();
        XYSeries s =
            chart.addSeries(
                line.getKey(),
                one ? new double[] {-ALONE, ALONE} : new double[] {least - from, most - from},
                new double[] {y, y});
        s.setMarker(SeriesMarkers.NONE);
        s.setLineColor(new Color(PolicyColours.of(Policies.FULL)));
        s.setLineStyle(LineStyle.stroke(1.5f, new float[] {6, 4}));
      } else {
        add(
            line.getKey(),
            line.getValue(),
            styles.get(i),
            (i - lines.size() / 2) * aside - from,
            floor);
        i++;
      }
    }
  }

  /** What the upright axis tells: a mean of several runs has an interval. */
  public static String title(Map<String, List<Point>> lines, Measure measure) {
    boolean several =
        lines.values().stream().flatMap(List::stream).anyMatch(p -> p.estimate().n() >= FEWEST);
    return measure.title() + (several ? ", mean and its 95 % interval" : "");
  }

  /**
   * What stands at a place of the axis: something, even where nothing is to be read. XChart draws
   * no tick at all where both ends of an axis have the same label.
   */
  private static String label(double x, double from) {
    if (whole(x)) {
      return slots(x + from);
    }
    return x < 0 ? " " : "  ";
  }

  /** Whether all budgets are the least one, doubled so many times. */
  private static boolean doubling(Collection<List<Point>> lines, double least) {
    return lines.stream()
        .filter(l -> !isFull(l))
        .flatMap(List::stream)
        .mapToDouble(p -> p.doublings() - least)
        .allMatch(BudgetChart::whole);
  }

  private static boolean whole(double doublings) {
    return Math.abs(doublings - Math.rint(doublings)) < WHOLE;
  }

  /** Whether a line is what the others are measured by, which no budget changes. */
  public static boolean isFull(List<Point> line) {
    // Rounded, it is one of those that are measured.
    return policy(line) == Policies.FULL
        && !line.getFirst().summary().outcomes().getFirst().switches().contains("precision");
  }

  /** The policy that a line speaks of. */
  public static Policies policy(List<Point> line) {
    return Policies.byId(line.getFirst().summary().outcomes().getFirst().policy());
  }

  /**
   * A line with its intervals, which lie unevenly about a share near 0 or 1.
   *
   * @param aside how far it is moved, in doublings, so that intervals do not cover each other
   * @param floor where intervals end below
   */
  private void add(String label, List<Point> points, LineStyle style, double aside, double floor) {
    double[] x = points.stream().mapToDouble(p -> p.doublings() + aside).toArray();
    double[] y = points.stream().mapToDouble(p -> p.estimate().mean()).toArray();
    style.line(chart.addSeries(label, x, y));
    for (int j = 0; j < x.length; j++) {
      Estimate e = points.get(j).estimate();
      if (e.n() >= FEWEST) {
        style.interval(
            chart.addSeries(
                label + " interval " + j,
                new double[] {x[j], x[j]},
                new double[] {Math.max(floor, e.low()), e.high()}));
      }
    }
  }
}
