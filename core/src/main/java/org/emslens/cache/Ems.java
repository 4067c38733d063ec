package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.Ranking;

/**
 * Adaptive evict-then-merge (arXiv 2412.08521), as section 1 to 3 of the project's specification
 * reads it: rank by the Global-Local score, evict by the head's sparsity, merge by its redundancy.
 */
public final class Ems extends HeadwisePolicy {
  private static final float TINY = 1e-12f;

  private final CacheOptions options;

  public Ems(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  public CacheOptions.MergeKeys mergeKeys() {
    return options.mergeKeys();
  }

  @Override
  HeadPlan plan(HeadState head, int headDim, int budget) {
    int n = head.slots();
    int c = n - options.window();
    int centres = budget - options.window();
    float[] global = head.global(options.countCorrection());
    float[] mass = mass(head, global);
    GlobalLocalScore ranked =
        GlobalLocalScore.of(global, head.local(), head.position(), c, centres, options);
    int[] order = Ranking.descending(ranked.score(), c);
    int needed = Sparsity.needed(mass, c, options.mass());
    int[] pool = Arrays.copyOfRange(order, centres, centres + poolSize(needed, centres, c));

    int[] kept = Arrays.copyOf(order, budget);
    Arrays.sort(kept, 0, centres);
    for (int i = centres; i < budget; i++) {
      kept[i] = c + i - centres;
    }
    int[] target = new int[n];
    Arrays.fill(target, -1);
    for (int i = 0; i < budget; i++) {
      target[kept[i]] = i;
    }
    boolean[] takesMembers = new boolean[centres];
    for (int i = 0; i < centres; i++) {
      takesMembers[i] = !ranked.verbatim()[kept[i]];
    }
    float redundancy =
        new MergeAssignment(head, headDim, options)
            .assign(pool, kept, centres, takesMembers, target);
    HeadPlan.Scores scores =
        new HeadPlan.Scores(
            Arrays.copyOf(global, c), Arrays.copyOf(head.local(), c), ranked.score());
    return new HeadPlan(
        kept,
        options.window(),
        target,
        mass,
        bias(kept, target, mass),
        scores,
        HeadPlan.readout(target, kept, mass, options.window(), needed, redundancy));
  }

  /** The pool reaches as far as the head's attention does, within the limit. */
  private int poolSize(int needed, int centres, int c) {
    if (!options.merge()) {
      return 0;
    }
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
