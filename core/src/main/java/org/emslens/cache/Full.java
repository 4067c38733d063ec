package org.emslens.cache;

import java.util.List;

/** Keeps everything. */
public final class Full implements CachePolicy {
  @Override
  public int minimumBudget() {
    return 1;
  }

  @Override
  public boolean compresses() {
    return false;
  }

  @Override
  public List<HeadPlan> plan(LayerState layer, int budget) {
    throw new UnsupportedOperationException("The full cache is never compressed.");
  }
}
