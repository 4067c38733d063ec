package org.emslens.cache;

import java.util.Arrays;
import java.util.function.Supplier;
import org.emslens.math.Ranking;

/**
 * Evict by the head's sparsity, merge by its redundancy: what adaptive evict-then-merge (arXiv
 * 2412.08521) does once slots are ranked, as sections 2 and 3 of the project's specification read
 * it.
 */
record EmsMerge(CacheOptions options) implements Losing {
  private static final float TINY = 1e-12f;

  @Override
  public Supplier<HeadPlan> plan(Candidates candidates, Ranked by, int places) {
    HeadState head = candidates.head();
    float[] mass = candidates.mass();
    int n = head.slots();
    int c = candidates.count();
    int window = candidates.recent();
    int needed = candidates.needed(options.mass());
    int[] kept = candidates.kept(by, places);
    int centres = kept.length - window;
    int[] target = new int[n];
    Arrays.fill(target, -1);
    for (int i = 0; i < kept.length; i++) {
      target[kept[i]] = i;
    }
    int[] next = Ranking.best(by.score(), c, centres + poolSize(needed, centres, c));
    int[] pool = new int[next.length];
    int pooled = 0;
    for (int j : next) {
      if (target[j] < 0) {
        pool[pooled++] = j;
      }
    }
    boolean[] takesMembers = new boolean[centres];
    for (int i = 0; i < centres; i++) {
      takesMembers[i] = by.verbatim() == null || !by.verbatim()[kept[i]];
    }
    MergeAssignment merge =
        new MergeAssignment(head, options, Arrays.copyOf(pool, pooled), kept, takesMembers);
    HeadPlan.Scores scores = candidates.scores(by);
    return () -> {
      float redundancy = merge.assign(target);
      return new HeadPlan(
          kept,
          window,
          target,
          mass,
          bias(kept, target, mass),
          scores,
          HeadPlan.readout(target, kept, mass, window, needed, redundancy));
    };
  }

  /** The pool reaches as far as the head's attention does, within the limit. */
  private int poolSize(int needed, int centres, int c) {
    int wanted = options.adaptive() ? needed - centres : Integer.MAX_VALUE;
    return Math.max(
        0, Math.min(wanted, Math.min((int) (options.poolLimit() * centres), c - centres)));
  }

  /** What is added to each kept slot's logit, since a merged slot answers for several tokens. */
  private float[] bias(int[] kept, int[] target, float[] mass) {
    float[] bias = new float[kept.length];
    if (options.bias() == CacheOptions.Bias.NONE) {
      return bias;
    }
    double[] sum = new double[kept.length];
    int[] count = new int[kept.length];
    for (int j = 0; j < target.length; j++) {
      if (target[j] >= 0) {
        sum[target[j]] += mass[j];
        count[target[j]]++;
      }
    }
    for (int i = 0; i < kept.length; i++) {
      if (count[i] > 1) {
        double share = sum[i] > 0 ? mass[kept[i]] / sum[i] : 1.0 / count[i];
        boolean byMass = options.bias() == CacheOptions.Bias.MASS && share > TINY;
        bias[i] = (float) (byMass ? -Math.log(share) : Math.log(count[i]));
      }
    }
    return bias;
  }
}
