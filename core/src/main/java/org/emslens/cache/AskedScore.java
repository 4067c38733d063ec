package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What was asked of the prompt as a whole, which needs no question in it; the first four tokens,
 * where attention sinks, are always kept. Sources: KVzip (arXiv 2505.23416), KVzip+ (2601.07891),
 * Expected Attention (2510.00636), KeyDiff (2504.15364).
 */
record AskedScore(PromptScore what) implements Scorer {
  private static final int SINKS = 4;

  @Override
  public int recent(int budget) {
    return 0;
  }

  @Override
  public int minimumBudget() {
    return SINKS + 1;
  }

  @Override
  public Set<PromptScore> asks() {
    return Set.of(what);
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    return heads.stream().map(h -> Ranked.by(score(h))).toList();
  }

  private float[] score(Candidates c) {
    float[] score = Arrays.copyOf(c.head().asked(what), c.count());
    for (int j = 0; j < score.length && c.head().position()[j] < SINKS; j++) {
      score[j] = Float.POSITIVE_INFINITY;
    }
    return score;
  }
}
