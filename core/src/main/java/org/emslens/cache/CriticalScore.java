package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * SnapKV's score for half of a head's slots, its window's among them, the rest by (score + 1e-4)
 * |W_O v|, what a value becomes behind the attention's output. Source: CriticalKV, arXiv
 * 2502.03805, and its authors' code in NVIDIA's kvpress.
 */
record CriticalScore(CacheOptions options) implements Scorer {
  private static final float EPSILON = 1e-4f;

  @Override
  public int recent(int budget) {
    return options.window();
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  public Set<PromptScore> asks() {
    return Set.of(PromptScore.OUTPUT_SIZE);
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    boolean shared = options.share() != CacheOptions.Share.EVEN;
    int sure = shared ? SharesByNeed.sure(options.floor(), places / heads.size()) : 0;
    return heads.stream().map(h -> rank(h, sure)).toList();
  }

  private Ranked rank(Candidates c, int sure) {
    float[] score = new WindowScore(options).of(c);
    float[] size = Arrays.copyOf(c.head().asked(PromptScore.OUTPUT_SIZE), score.length);
    float[] second = new float[score.length];
    for (int j = 0; j < second.length; j++) {
      second[j] = (score[j] + EPSILON) * size[j];
    }
    return new Ranked(score, second, new Ranked.Half(c.recent(), sure), null, true);
  }
}
