package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.Ranking;

/**
 * The plan of every policy that keeps the newest slots and the best of the others by some score.
 */
final class TopSlots {
  private TopSlots() {}

  /**
   * @param recent newest slots that are kept whatever their score
   * @param score of the older slots; at least n - recent long
   */
  static HeadPlan plan(
      HeadState head, int budget, int recent, float[] score, CacheOptions options) {
    float[] global = head.global(options.countCorrection());
    float[] mass = HeadwisePolicy.mass(head, global);
    int n = head.slots();
    int candidates = n - recent;
    int[] best = Ranking.best(score, candidates, budget - recent);
    int[] kept = Arrays.copyOf(best, budget);
    for (int i = 0; i < recent; i++) {
      kept[budget - recent + i] = candidates + i;
    }
    HeadPlan.Scores scores =
        new HeadPlan.Scores(
            Arrays.copyOf(global, candidates),
            Arrays.copyOf(head.local(), candidates),
            Arrays.copyOf(score, candidates));
    return HeadPlan.keep(
        kept, recent, mass, n, scores, Sparsity.needed(mass, candidates, options.mass()));
  }
}
