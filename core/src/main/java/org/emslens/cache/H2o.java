package org.emslens.cache;

/**
 * Heavy-hitter oracle: half the budget for the most recent slots, half for those of highest
 * accumulated attention. Source: arXiv 2306.14048.
 */
public final class H2o extends HeadwisePolicy {
  private final CacheOptions options;

  public H2o(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return 2;
  }

  @Override
  HeadPlan plan(HeadState head, int headDim, int budget) {
    int recent = budget / 2;
    float[] global = head.global(options.countCorrection());
    float[] mass = mass(head, global);
    return TopSlots.plan(head, budget, recent, head.received(), global, mass, options.mass());
  }
}
