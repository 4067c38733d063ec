package org.emslens.cache;

import java.util.Arrays;
import java.util.List;

/**
 * Heavy-hitter oracle: half the budget for the most recent slots, half for those of highest
 * accumulated attention. Source: H2O, arXiv 2306.14048.
 */
record AccumulatedScore() implements Scorer {

  @Override
  public int recent(int budget) {
    return budget / 2;
  }

  @Override
  public int minimumBudget() {
    return 2;
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    return heads.stream()
        .map(h -> Ranked.by(Arrays.copyOf(h.head().received(), h.count())))
        .toList();
  }
}
