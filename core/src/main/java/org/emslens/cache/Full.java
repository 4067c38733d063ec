package org.emslens.cache;

import java.util.List;
import java.util.function.Supplier;

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
  public Supplier<List<List<HeadPlan>>> choose(List<LayerState> layers, int budget) {
    throw new UnsupportedOperationException("The full cache is never compressed.");
  }
}
