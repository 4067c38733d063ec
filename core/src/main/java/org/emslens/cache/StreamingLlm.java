package org.emslens.cache;

/**
 * Keeps the first four tokens, where attention sinks, and the most recent ones. Source: arXiv
 * 2309.17453.
 */
public final class StreamingLlm extends HeadwisePolicy {
  private static final int SINKS = 4;

  private final CacheOptions options;

  public StreamingLlm(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return SINKS + 1;
  }

  @Override
  HeadPlan plan(HeadState head, int budget) {
    int n = head.slots();
    int[] kept = new int[budget];
    for (int i = 0; i < budget; i++) {
      kept[i] = i < SINKS ? i : n - budget + i;
    }
    float[] mass = mass(head, head.global(options.countCorrection()));
    int recent = budget - SINKS;
    return HeadPlan.keep(
        kept,
        recent,
        mass,
        n,
        HeadPlan.Scores.NONE,
        Sparsity.needed(mass, n - recent, options.mass()));
  }
}
