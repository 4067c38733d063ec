package org.emslens.cache;

import java.util.Arrays;

/**
 * The slots of one KV head that a policy chooses among: all but the newest, which stay.
 *
 * @param count number of candidates c
 * @param global attention per query that could see the slot [n]
 * @param mass attention mass m = (Global + Local) / 2 of every slot [n]
 */
record Candidates(HeadState head, int count, float[] global, float[] mass) {

  /**
   * @param recent newest slots that stay whatever their score
   */
  static Candidates of(HeadState head, int recent, boolean countCorrection) {
    float[] global = head.global(countCorrection);
    return new Candidates(head, Math.max(0, head.slots() - recent), global, mass(head, global));
  }

  static float[] mass(HeadState head, float[] global) {
    float[] mass = new float[head.slots()];
    for (int j = 0; j < mass.length; j++) {
      mass[j] = (global[j] + head.local()[j]) / 2;
    }
    return mass;
  }

  /** Slots that stay whatever their score. */
  int recent() {
    return head.slots() - count;
  }

  /** The chosen candidates and the newest slots, ascending. */
  int[] kept(Ranked by, int places) {
    int[] chosen = by.best(count, places);
    int[] kept = Arrays.copyOf(chosen, chosen.length + recent());
    for (int i = 0; i < recent(); i++) {
      kept[chosen.length + i] = count + i;
    }
    return kept;
  }

  /** How many candidates hold a share of the attention. */
  int needed(double share) {
    return Sparsity.needed(mass, count, share);
  }

  HeadPlan.Scores scores(Ranked by) {
    return by.shown()
        ? new HeadPlan.Scores(
            Arrays.copyOf(global, count), Arrays.copyOf(head.local(), count), by.finite())
        : HeadPlan.Scores.NONE;
  }
}
