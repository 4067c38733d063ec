package org.emslens.cache;

import java.util.List;

/**
 * The same number of slots for every head.
 *
 * @param scope which heads are ranked together
 */
record EvenShares(Scope scope) implements Sharing {

  @Override
  public int[] places(List<float[]> scores, int each) {
    return scores.stream().mapToInt(s -> Math.min(s.length, each)).toArray();
  }
}
