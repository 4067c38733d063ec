package org.emslens.session;

import java.util.Arrays;
import org.emslens.cache.HeadPlan;

/**
 * What compression did to a run, at one step and over all steps up to it. What needs the full cache
 * beside the run is NaN where it was not asked.
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
 * @param retained slots per source token seen
 * @param bytes of those slots as float32
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
    Mean kl = new Mean();
    Mean agrees = new Mean();
    Mean error = new Mean();
    int heads = run.config().allKvHeads();
    double[] left = new double[heads];
    Arrays.fill(left, 1);
    Mass mass = new Mass(1, 0, 0);
    for (Step s : run.steps().subList(0, step + 1)) {
      if (s.index() > 0) {
        kl.add(s.divergence());
        agrees.add(agrees(s));
        error.add(meanError(s));
      }
      if (s.plan() != null) {
        mass = Mass.of(s.plan().heads());
        for (int i = 0; i < heads; i++) {
          left[i] *= 1 - s.plan().heads().get(i).readout().evictedMass();
        }
      }
    }
    Step now = run.steps().get(step);
    return new Measures(
        now.divergence(),
        kl.value(),
        agrees(now),
        agrees.value(),
        meanError(now),
        error.value(),
        mass.kept,
        mass.merged,
        mass.evicted,
        Arrays.stream(left).average().orElse(1),
        now.after().slots(),
        (double) now.after().slots() / heads / now.seen(),
        run.bytes(now));
  }

  private static double agrees(Step s) {
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
