package org.emslens.cache;

import java.util.List;

/**
 * The first four tokens, where attention sinks, and the most recent ones. Source: StreamingLLM,
 * arXiv 2309.17453.
 */
record RecencyScore() implements Scorer {
  private static final int SINKS = 4;

  @Override
  public int recent(int budget) {
    return budget - SINKS;
  }

  @Override
  public int minimumBudget() {
    return SINKS + 1;
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    return heads.stream().map(h -> Ranked.byAge(ages(h.count()))).toList();
  }

  private static float[] ages(int c) {
    float[] score = new float[c];
    for (int j = 0; j < c; j++) {
      score[j] = -j;
    }
    return score;
  }
}
