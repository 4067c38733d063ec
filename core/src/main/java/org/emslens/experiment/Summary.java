package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Outcomes of one contender at one budget, over prompts and seeds.
 *
 * @param slots per KV head right after the prompt's compression, mean over trials
 * @param outcomes without those that failed
 */
public record Summary(String label, String budget, double slots, List<Outcome> outcomes) {
  /** Quantile whose interval, both ways, is one of 95 % confidence. */
  private static final double QUANTILE = 0.975;

  private static final double NORMAL =
      NormalDistribution.of(0, 1).inverseCumulativeProbability(QUANTILE);

  public Summary {
    outcomes = List.copyOf(outcomes);
  }

  /** What can be read off a summary. */
  public enum Measure {
    KL("KL from the full cache (nats)", false, o -> o.drift().kl()),
    PERPLEXITY("perplexity", false, o -> o.drift().nll()),
    AGREEMENT("agreement of the most probable token", false, o -> o.drift().agreement()),
    OUTPUT_ERROR("output error |full - o| / |full|", false, o -> o.drift().outputError()),
    EVICTED_MASS("attention evicted", false, o -> o.drift().evictedMass()),
    ACCURACY("answers right", true, o -> o.drift().found()),
    LOG_PROBABILITY("log-probability of the answer, per token", true, o -> -o.drift().nll());

    private final String title;
    private final boolean ofAnswers;
    private final ToDoubleFunction<Outcome> value;

    Measure(String title, boolean ofAnswers, ToDoubleFunction<Outcome> value) {
      this.title = title;
      this.ofAnswers = ofAnswers;
      this.value = value;
    }

    public String title() {
      return title;
    }

    /** Whether it is of answers only, rather than of texts that are predicted. */
    public boolean isOfAnswers() {
      return ofAnswers;
    }

    /** Whether it is never below 0: all but means of logarithms. */
    public boolean fromZero() {
      return this != LOG_PROBABILITY;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  /**
   * A mean and how sure it is.
   *
   * @param low end of the interval that holds the true mean with 95 % confidence; likewise high
   * @param n how many trials it is over
   */
  public record Estimate(double mean, double low, double high, int n) {}

  /**
   * Summaries in the order in which contenders and budgets first appear, over all their prompts;
   * models are told apart, if there are several, and so are tasks of RULER, and whether a question
   * was inside what was compressed.
   */
  public static List<Summary> of(Collection<Outcome> outcomes) {
    Function<Outcome, String> asked = ifSeveral(outcomes, Outcome::question, ", asked ");
    Function<Outcome, String> ruler = ifSeveral(outcomes, Outcome::ruler, ", ");
    Function<Outcome, String> whose = whose(outcomes);
    return of(outcomes, o -> whose.apply(o) + ruler.apply(o) + asked.apply(o));
  }

  /** Tells outcomes apart by what some of them have, if there are several of it. */
  private static Function<Outcome, String> ifSeveral(
      Collection<Outcome> outcomes, Function<Outcome, String> what, String before) {
    boolean several = outcomes.stream().map(what).filter(Objects::nonNull).distinct().count() > 1;
    return o -> several && what.apply(o) != null ? before + what.apply(o) : "";
  }

  /** Says whose an outcome is: its policy's and, where there are several, its model's. */
  static Function<Outcome, String> whose(Collection<Outcome> outcomes) {
    boolean several = outcomes.stream().map(Outcome::model).distinct().count() > 1;
    return o -> several ? o.label() + ", " + o.model() : o.label();
  }

  /** The same where runs of different kinds of prompts are told apart, if there are several. */
  public static List<Summary> byTask(Collection<Outcome> outcomes) {
    Map<String, String> names = names(outcomes);
    Function<Outcome, String> whose = whose(outcomes);
    return of(
        outcomes, o -> whose.apply(o) + (names.size() > 1 ? ", " + names.get(o.identity()) : ""));
  }

  /** Of each prompt; where several have one name, the later ones are numbered. */
  private static Map<String, String> names(Collection<Outcome> outcomes) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Integer> known = new HashMap<>();
    for (Outcome o : outcomes) {
      names.computeIfAbsent(
          o.identity(),
          i -> {
            int nth = known.merge(o.task(), 1, Integer::sum);
            return nth == 1 ? o.task() : o.task() + " (" + nth + ")";
          });
    }
    return names;
  }

  private static List<Summary> of(Collection<Outcome> outcomes, Function<Outcome, String> label) {
    Map<String, List<Outcome>> groups = new LinkedHashMap<>();
    for (Outcome o : outcomes) {
      if (o.error() == null) {
        groups.computeIfAbsent(label.apply(o) + "|" + o.budget(), k -> new ArrayList<>()).add(o);
      }
    }
    return groups.values().stream()
        .map(
            g ->
                new Summary(
                    label.apply(g.getFirst()),
                    g.getFirst().budget(),
                    g.stream()
                        .mapToDouble(o -> o.drift().retained() * o.drift().promptTokens())
                        .average()
                        .orElse(0),
                    g))
        .toList();
  }

  /**
   * A measure over the trials that it speaks of: texts to predict, or answers. Perplexity is e to
   * the mean.
   *
   * @return null where there are none
   */
  public Estimate estimate(Measure measure) {
    Predicate<Outcome> spoken =
        measure == Measure.KL && outcomes.stream().allMatch(Outcome::asks)
            ? o -> true
            : o -> o.asks() == measure.ofAnswers;
    double[] values =
        outcomes.stream()
            .filter(spoken)
            .mapToDouble(measure.value)
            .filter(x -> !Double.isNaN(x))
            .toArray();
    if (values.length == 0) {
      return null;
    }
    if (measure == Measure.ACCURACY) {
      return share(values);
    }
    Estimate e = mean(values);
    return measure == Measure.PERPLEXITY
        ? new Estimate(Math.exp(e.mean), Math.exp(e.low), Math.exp(e.high), e.n)
        : e;
  }

  private static Estimate mean(double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v;
    }
    double mean = sum / x.length;
    double squares = 0;
    for (double v : x) {
      squares += (v - mean) * (v - mean);
    }
    double error =
        x.length < 2 ? 0 : student(x.length - 1) * Math.sqrt(squares / (x.length - 1) / x.length);
    return new Estimate(mean, mean - error, mean + error, x.length);
  }

  /** Student's t: a mean of few values is less sure than the normal distribution says. */
  private static double student(int freedom) {
    return TDistribution.of(freedom).inverseCumulativeProbability(QUANTILE);
  }

  /**
   * Wilson's interval (1927) for a share of n trials: it makes sense for few trials too. Where
   * answers have parts, and are right to a share, it is wider than it need be.
   */
  static Estimate share(double[] x) {
    double n = x.length;
    double sum = 0;
    for (double v : x) {
      sum += v;
    }
    double p = sum / n;
    double z = NORMAL;
    double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return new Estimate(p, Math.max(0, centre - half), Math.min(1, centre + half), x.length);
  }
}
