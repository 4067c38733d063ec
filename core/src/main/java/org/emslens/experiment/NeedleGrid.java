package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.emslens.experiment.Summary.Estimate;

/**
 * Needle outcomes of one contender at one budget, by length and depth.
 *
 * @param title policy, model where there are several, budget and place of the question
 * @param lengths rising
 * @param depths rising, {@link #ANYWHERE} first
 * @param cells by length, then depth; a missing one has not been run
 */
public record NeedleGrid(
    String title,
    List<Integer> lengths,
    List<Double> depths,
    Map<Integer, Map<Double, Cell>> cells) {

  /** The depth of facts that stand wherever their seed has put them. */
  public static final double ANYWHERE = -1;

  /**
   * @param accuracy share of right answers, with Wilson's interval
   * @param logProbability of the answer per token, mean
   */
  public record Cell(Estimate accuracy, double logProbability, List<Outcome> outcomes) {}

  /** The grids, all with the same lengths and depths, in the order in which they first appear. */
  public static List<NeedleGrid> of(Collection<Outcome> outcomes) {
    TreeSet<Integer> lengths = new TreeSet<>();
    TreeSet<Double> depths = new TreeSet<>();
    Map<String, List<Outcome>> grids = new LinkedHashMap<>();
    Function<Outcome, String> whose = Summary.whose(outcomes);
    for (Outcome o : outcomes) {
      if (o.error() == null && o.length() != null && o.ruler() == null) {
        lengths.add(o.length());
        depths.add(depth(o));
        grids.computeIfAbsent(title(whose.apply(o), o), k -> new ArrayList<>()).add(o);
      }
    }
    List<NeedleGrid> out = new ArrayList<>();
    grids.forEach(
        (title, all) ->
            out.add(new NeedleGrid(title, List.copyOf(lengths), List.copyOf(depths), cells(all))));
    return out;
  }

  private static double depth(Outcome o) {
    return o.depth() == null ? ANYWHERE : o.depth();
  }

  /** How a depth is called beside a row. */
  public static String named(double depth) {
    return depth == ANYWHERE ? "anywhere" : Math.round(100 * depth) + " %";
  }

  private static String title(String whose, Outcome o) {
    String budget = o.policy().equals("full") ? "" : ", " + o.budget();
    return whose + budget + ", question " + o.question();
  }

  private static Map<Integer, Map<Double, Cell>> cells(List<Outcome> outcomes) {
    Map<Integer, Map<Double, List<Outcome>>> by = new TreeMap<>();
    for (Outcome o : outcomes) {
      by.computeIfAbsent(o.length(), k -> new TreeMap<>())
          .computeIfAbsent(depth(o), k -> new ArrayList<>())
          .add(o);
    }
    Map<Integer, Map<Double, Cell>> cells = new TreeMap<>();
    by.forEach(
        (length, row) -> {
          Map<Double, Cell> made = new TreeMap<>();
          row.forEach((depth, all) -> made.put(depth, cell(all)));
          cells.put(length, made);
        });
    return cells;
  }

  private static Cell cell(List<Outcome> all) {
    double[] right = all.stream().mapToDouble(o -> o.drift().verbatim() ? 1 : 0).toArray();
    double log = all.stream().mapToDouble(o -> -o.drift().nll()).average().orElse(Double.NaN);
    return new Cell(Summary.share(right), log, List.copyOf(all));
  }

  /** The cell, or null where nothing was run yet. */
  public Cell cell(int length, double depth) {
    return cells.getOrDefault(length, Map.of()).get(depth);
  }
}
