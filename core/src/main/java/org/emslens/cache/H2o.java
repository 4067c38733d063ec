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
  HeadPlan plan(HeadState head, int budget) {
    return TopSlots.plan(head, budget, budget / 2, head.received(), options);
  }
}
