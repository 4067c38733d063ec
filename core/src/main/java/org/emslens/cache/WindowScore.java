package org.emslens.cache;

import java.util.List;

/** Attention of the window's queries, pooled over neighbours. Source: SnapKV, arXiv 2404.14469. */
record WindowScore(CacheOptions options) implements Scorer {

  @Override
  public int recent(int budget) {
    return options.window();
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    return heads.stream().map(h -> Ranked.by(of(h))).toList();
  }

  float[] of(Candidates c) {
    HeadState s = c.head();
    return Pooling.of(options.pool(), s.local(), s.position(), c.count(), options.kernel());
  }
}
