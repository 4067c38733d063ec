package org.emslens.session;

import java.util.Arrays;
import java.util.List;
import org.emslens.cache.HeadPlan;

/**
 * What compression did to a run, at one step and over all steps up to it. What needs the full cache
 * beside the run is NaN where it was not asked. Means are over predictions of what the model says:
 * those within a question or a turn of the user's, whose tokens are given, do not count.
 *
 * @param kl divergence from the full cache's distribution at this step, nats
 * @param meanKl the same, mean over the steps so far
 * @param agrees 1 where the most probable next token is the full cache's, else 0
 * @param agreement share of the steps so far that agree
 * @param outputError |full - o| / |full| of this step, mean over all query heads
 * @param meanOutputError the same, mean over the steps so far
 * @param keptMass share of the attention that the latest compression kept, mean over KV heads
 * @param mergedMass share that it merged
 * @param evictedMass share that it threw away
 * @param leftMass share of the prompt's attention that no compression so far has thrown away: the
 *     product of what each left, mean over KV heads
 * @param slots of all heads
 * @param retained slots per token that a full cache would hold
 * @param bytes of those slots in their precision
 */
public record Measures(
    double kl,
    double meanKl,
    double agrees,
    double agreement,
    double outputError,
    double meanOutputError,
    double keptMass,
    double mergedMass,
    double evictedMass,
    double leftMass,
    long slots,
    double retained,
    long bytes) {

  /** The measures of a run's step. */
  public static Measures of(Run run, int step) {
    SoFar soFar = new SoFar(run);
    run.steps().subList(0, step + 1).forEach(soFar::add);
    return soFar.measures(run.steps().get(step));
  }

  /** The measures of every step, in one pass. */
  public static List<Measures> all(Run run) {
    SoFar soFar = new SoFar(run);
    return run.steps().stream()
        .map(
            s -> {
              soFar.add(s);
              return soFar.measures(s);
            })
        .toList();
  }

  /** Steps of a run that have been taken in, in order. */
  private static final class SoFar {
    private final Run run;
    private final Mean kl = new Mean();
    private final Mean agrees = new Mean();
    private final Mean error = new Mean();
    private final double[] left;
    private Mass mass = new Mass(1, 0, 0);

    SoFar(Run run) {
      this.run = run;
      left = new double[run.config().allKvHeads()];
      Arrays.fill(left, 1);
    }

    void add(Step s) {
      if (s.index() > 0 && run.turns().stream().noneMatch(t -> t.isWithin(s.index()))) {
        kl.add(s.divergence());
        agrees.add(agreement(s));
        error.add(meanError(s));
      }
      if (s.plan() != null) {
        mass = Mass.of(s.plan().heads());
        for (int i = 0; i < left.length; i++) {
          left[i] *= 1 - s.plan().heads().get(i).readout().evictedMass();
        }
      }
    }

    Measures measures(Step last) {
      return new Measures(
          last.divergence(),
          kl.value(),
          agreement(last),
          agrees.value(),
          meanError(last),
          error.value(),
          mass.kept,
          mass.merged,
          mass.evicted,
          Arrays.stream(left).average().orElse(1),
          last.after().slots(),
          (double) last.after().slots() / run.fullSlots(last),
          run.bytes(last));
    }
  }

  private static double agreement(Step s) {
    if (s.fullNext() == null) {
      return Double.NaN;
    }
    return s.next().top().getFirst().id() == s.fullNext().top().getFirst().id() ? 1 : 0;
  }

  private static double meanError(Step s) {
    Mean mean = new Mean();
    for (float e : s.outputError()) {
      mean.add(e);
    }
    return mean.value();
  }

  /** A mean of what is not NaN; NaN of nothing. */
  private static final class Mean {
    private double sum;
    private int n;

    void add(double x) {
      if (!Double.isNaN(x)) {
        sum += x;
        n++;
      }
    }

    double value() {
      return n == 0 ? Double.NaN : sum / n;
    }
  }

  /** Attention mass of one compression, mean over its heads. */
  public record Mass(double kept, double merged, double evicted) {

    public static Mass of(Iterable<HeadPlan> heads) {
      Mean kept = new Mean();
      Mean merged = new Mean();
      Mean evicted = new Mean();
      for (HeadPlan h : heads) {
        kept.add(h.readout().keptMass());
        merged.add(h.readout().mergedMass());
        evicted.add(h.readout().evictedMass());
      }
      return new Mass(kept.value(), merged.value(), evicted.value());
    }
  }
}
