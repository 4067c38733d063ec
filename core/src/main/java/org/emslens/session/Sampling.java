package org.emslens.session;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.emslens.math.Exponential;
import org.emslens.math.Ranking;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 for the most probable one
 * @param topP probability that the tokens in question hold together at least
 * @param topK tokens that may come at most, the most probable ones; 0 for no limit
 * @param minP tokens that may come are at least so probable, as a share of the most probable one's
 *     probability (arXiv 2407.01082); 0 for no limit
 * @param repetition logits of tokens that the text holds already are divided by this where they are
 *     above 0, else multiplied (arXiv 1909.05858); 1 for as they are
 * @param seed of the random numbers; every step has its own, so that going back and on again
 *     repeats
 */
public record Sampling(
    double temperature, double topP, int topK, double minP, double repetition, long seed) {
  public static final Sampling GREEDY = new Sampling(0, 1, 0, 1);

  /** What can be asked for; recordings of earlier versions may hold more. */
  public static final double MOST_TEMPERATURE = 2;

  /** What top-p is, unless it is said, where chance is let in. */
  public static final double USUAL_TOP_P = 0.95;

  /** The strongest repetition penalty that can be asked for. */
  public static final double MOST_REPETITION = 10;

  /** Without a least probability or a penalty. */
  public Sampling(double temperature, double topP, int topK, long seed) {
    this(temperature, topP, topK, 0, 1, seed);
  }

  public Sampling {
    if (!(temperature >= 0 && temperature <= 100)) {
      throw new IllegalArgumentException("temperature is " + temperature + "; expected 0 to 100.");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p is " + topP + "; expected above 0 and up to 1.");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k is " + topK + "; expected 0 (no limit) or more.");
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min-p is " + minP + "; expected 0 to 1.");
    }
    if (!(repetition > 0 && repetition <= MOST_REPETITION)) {
      throw new IllegalArgumentException(
          "repetition-penalty is "
              + repetition
              + "; expected above 0 and up to "
              + (int) MOST_REPETITION
              + ".");
    }
  }

  public Sampling withTemperature(double x) {
    return new Sampling(x, topP, topK, minP, repetition, seed);
  }

  public Sampling withTopP(double x) {
    return new Sampling(temperature, x, topK, minP, repetition, seed);
  }

  public Sampling withTopK(int x) {
    return new Sampling(temperature, topP, x, minP, repetition, seed);
  }

  public Sampling withMinP(double x) {
    return new Sampling(temperature, topP, topK, x, repetition, seed);
  }

  public Sampling withRepetition(double x) {
    return new Sampling(temperature, topP, topK, minP, x, seed);
  }

  public Sampling withSeed(long x) {
    return new Sampling(temperature, topP, topK, minP, repetition, x);
  }

  /**
   * What a user asks for.
   *
   * @throws IllegalArgumentException in one sentence, the window's own for a temperature
   */
  public static Sampling asked(
      double temperature, double topP, int topK, double minP, double repetition, long seed) {
    if (!(temperature >= 0 && temperature <= MOST_TEMPERATURE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "temperature is '%s'; expected a number from 0 to %.0f.",
              temperature == Math.rint(temperature)
                  ? String.format(Locale.ROOT, "%.0f", temperature)
                  : Double.toString(temperature),
              MOST_TEMPERATURE));
    }
    return new Sampling(temperature, topP, topK, minP, repetition, seed);
  }

  /**
   * What the next token is drawn from.
   *
   * @param model logits [vocab], which stay as they are
   * @param text tokens so far, the prompt's included
   */
  Draw draw(float[] model, IntStream text) {
    float[] logits = repetition == 1 ? model : penalised(model, text);
    if (temperature == 0) {
      return Draw.of(Ranking.argMax(logits));
    }
    float[] p = logits.clone();
    new Exponential().softmax(p, p.length, (float) (1 / temperature), null);
    int[] order = Ranking.descending(p, p.length);
    double held = 0;
    int candidates = 0;
    int most = topK == 0 ? order.length : Math.min(topK, order.length);
    double least = minP * p[order[0]];
    while (candidates < most && (candidates == 0 || held < topP && p[order[candidates]] >= least)) {
      held += p[order[candidates++]];
    }
    return new Draw(order, p, candidates, held);
  }

  /** Whether tokens are drawn from something else than what the model says. */
  boolean changesProbabilities() {
    boolean limited = topP < 1 || topK > 0 || minP > 0;
    return repetition != 1 || temperature > 0 && (temperature != 1 || limited);
  }

  /** The random number of a step, from 0 to 1. */
  double chance(int step) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step).nextDouble();
  }

  private float[] penalised(float[] logits, IntStream text) {
    float[] less = logits.clone();
    text.distinct().forEach(id -> less[id] *= (float) (less[id] > 0 ? 1 / repetition : repetition));
    return less;
  }
}
