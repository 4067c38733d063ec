package org.emslens.experiment;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.emslens.cache.CompressionPlan;
import org.emslens.device.DecodeTap;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.math.Ranking;
import org.emslens.model.ModelConfig;
import org.emslens.session.CacheChoice;
import org.emslens.session.LogProbabilities;
import org.emslens.session.Measures;

/**
 * What a compression does to a model's predictions of a given text. Values are means over the
 * continuation's measured tokens, unless said otherwise; the first token of a continuation is
 * predicted by the prompt's own prefill.
 *
 * @param nll negative log-likelihood, nats per token
 * @param fullNll the same with the full cache
 * @param perplexity e to the nll
 * @param fullPerplexity the same with the full cache
 * @param kl divergence from the full cache's distribution, nats
 * @param agreement share of positions at which the most probable token is the full cache's
 * @param verbatim whether greedy decoding gives the continuation, every token of it
 * @param fullVerbatim the same with the full cache
 * @param found share of the answer's parts that greedy decoding gives, each after the right ones
 * @param fullFound the same with the full cache
 * @param outputError |full - o| / |full| of a head's output, mean over heads too; NaN for one token
 * @param keptMass share of the prompt's attention on kept tokens, mean over KV heads
 * @param mergedMass share on merged ones
 * @param evictedMass share on evicted ones
 * @param slots of all heads right after the prompt's compression
 * @param retained those per token of the prompt
 * @param bytes of those slots, as exactly as they are kept
 * @param compressions how often the cache was compressed
 */
public record Drift(
    double nll,
    double fullNll,
    double perplexity,
    double fullPerplexity,
    double kl,
    double agreement,
    boolean verbatim,
    boolean fullVerbatim,
    Double found,
    Double fullFound,
    double outputError,
    double keptMass,
    double mergedMass,
    double evictedMass,
    long slots,
    double retained,
    long bytes,
    int compressions,
    int promptTokens,
    int continuationTokens) {

  /** Results of earlier versions have no parts. */
  public Drift {
    found = found == null ? Double.valueOf(verbatim ? 1 : 0) : found;
    fullFound = fullFound == null ? Double.valueOf(fullVerbatim ? 1 : 0) : fullFound;
  }

  /**
   * Compresses after the prompt and teacher-forces the continuation.
   *
   * @param once whether the cache is compressed after the prompt only, instead of again and again
   * @throws IllegalArgumentException where the budget does not fit
   */
  public static Drift measure(
      ForwardPass pass, Baseline baseline, CacheChoice choice, boolean once, Progress progress) {
    return measure(pass, baseline, List.of(choice), once, progress).getFirst();
  }

  /** The same for several choices side by side: weights are read once for all of them. */
  static List<Drift> measure(
      ForwardPass pass,
      Baseline baseline,
      List<CacheChoice> choices,
      boolean once,
      Progress progress) {
    List<Lane> lanes = choices.stream().map(c -> new Lane(baseline, c)).toList();
    if (once) {
      TeacherForcing.run(
          pass,
          lanes.stream().map(l -> new TeacherForcing.Pupil(l.cache, l::predicted)).toList(),
          baseline.continuation(),
          baseline.from(),
          progress);
    } else {
      again(pass, baseline, lanes, progress);
    }
    return lanes.stream().map(l -> l.drift(pass.config())).toList();
  }

  /** Token by token, since something may happen to the caches in between. */
  private static void again(
      ForwardPass pass, Baseline baseline, List<Lane> lanes, Progress progress) {
    int[] continuation = baseline.continuation();
    int heads = pass.config().allHeads();
    for (int i = 0; i + 1 < continuation.length; i++) {
      List<ForwardPass.Feed> feeds = new ArrayList<>();
      for (Lane l : lanes) {
        DecodeTap tap = i < baseline.from() ? null : DecodeTap.ofOutputs(heads);
        feeds.add(new ForwardPass.Feed(l.cache, continuation[i], tap));
      }
      List<float[]> logits = pass.step(feeds);
      for (int l = 0; l < lanes.size(); l++) {
        if (feeds.get(l).tap() != null) {
          lanes.get(l).predicted(i, logits.get(l), feeds.get(l).tap());
        }
        lanes.get(l).compressIfDue();
      }
      progress.at((i + 2.0) / continuation.length);
    }
  }

  /** A cache on its way through the continuation, and what is measured of it. */
  private static final class Lane {
    private final Baseline baseline;
    private final CacheChoice choice;
    private final int budget;
    private final Cache cache;
    private final Measures.Mass mass;
    private final long slots;
    private final long bytes;
    private final Sums sums;

    Lane(Baseline baseline, CacheChoice choice) {
      this.baseline = baseline;
      this.choice = choice;
      budget = choice.slotsFor(baseline.prefill().tokens());
      cache = baseline.prefill().cache(choice.options());
      CompressionPlan plan = cache.compressNow(choice.policy(), choice.options(), budget);
      mass = plan == null ? new Measures.Mass(1, 0, 0) : Measures.Mass.of(plan.heads());
      slots = cache.slots();
      bytes = cache.packedBytes();
      sums = new Sums(plan == null ? 0 : 1, baseline.parts());
      if (baseline.first() == 0) {
        sums.token(baseline.continuation()[0], baseline.said()[0], baseline.prefill().logits());
      }
    }

    void predicted(int token, float[] logits, DecodeTap outputs) {
      int at = token + 1 - baseline.first();
      sums.token(baseline.continuation()[token + 1], baseline.said()[at], logits);
      sums.error(outputs.outputError(baseline.taps()[at]));
    }

    void compressIfDue() {
      if (cache.compressDue(choice.policy(), choice.options(), budget) != null) {
        sums.compressions++;
      }
    }

    Drift drift(ModelConfig config) {
      int prompt = baseline.prefill().tokens();
      int n = sums.tokens;
      return new Drift(
          sums.nll / n,
          sums.fullNll / n,
          Math.exp(sums.nll / n),
          Math.exp(sums.fullNll / n),
          sums.kl / n,
          (double) sums.agree / n,
          sums.verbatim,
          sums.fullVerbatim,
          sums.found.share(),
          sums.fullFound.share(),
          sums.error / sums.errors,
          mass.kept(),
          mass.merged(),
          mass.evicted(),
          slots,
          (double) slots / config.allKvHeads() / prompt,
          bytes,
          sums.compressions,
          prompt,
          n);
    }
  }

  private static final class Sums {
    private double nll;
    private double fullNll;
    private double kl;
    private double error;
    private int errors;
    private int agree;
    private int tokens;
    private int compressions;
    private boolean verbatim = true;
    private boolean fullVerbatim = true;

    private final Parts found;
    private final Parts fullFound;

    Sums(int compressions, int[] parts) {
      this.compressions = compressions;
      found = new Parts(parts);
      fullFound = new Parts(parts);
    }

    void token(int token, LogProbabilities full, float[] logits) {
      LogProbabilities said = LogProbabilities.of(logits);
      nll -= said.of(token);
      fullNll -= full.of(token);
      kl += said.divergenceFrom(full);
      int best = Ranking.argMax(logits);
      int fullBest = Ranking.argMax(full.logits());
      agree += best == fullBest ? 1 : 0;
      verbatim &= best == token;
      fullVerbatim &= fullBest == token;
      found.token(tokens, best == token);
      fullFound.token(tokens, fullBest == token);
      tokens++;
    }

    void error(float[] perHead) {
      double sum = 0;
      for (float e : perHead) {
        sum += e;
      }
      error += sum / perHead.length;
      errors++;
    }
  }

  /** Which parts of an answer are given, as far as it was looked at. */
  private static final class Parts {
    private final int[] parts;
    private final BitSet all = new BitSet();
    private final BitSet lost = new BitSet();

    Parts(int[] parts) {
      this.parts = parts;
    }

    void token(int i, boolean right) {
      int part = parts.length == 0 ? 0 : parts[i];
      if (part >= 0) {
        all.set(part);
        if (!right) {
          lost.set(part);
        }
      }
    }

    double share() {
      return 1 - (double) lost.cardinality() / all.cardinality();
    }
  }
}
