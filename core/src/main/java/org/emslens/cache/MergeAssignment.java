package org.emslens.cache;

import java.util.stream.IntStream;

/**
 * Which centre each pooled slot joins: the most similar one, unless the zero class, whose
 * similarity to everything is tau, is at least as similar. Similarity is the cosine of keys times
 * the cosine of values, each clamped at 0.
 */
final class MergeAssignment {
  private MergeAssignment() {}

  /**
   * Writes each pooled slot's class into `target`.
   *
   * @param pool slots that may join a centre
   * @param kept its first entries are the centres, as many as `takesMembers` has
   * @param target per slot, -1 on entry for the pool
   * @return mean best similarity of the pool, 0 without one
   */
  static float assign(
      HeadState head,
      CacheOptions options,
      int[] pool,
      int[] kept,
      boolean[] takesMembers,
      int[] target) {
    if (pool.length == 0) {
      return 0;
    }
    int[] hosts = IntStream.range(0, takesMembers.length).filter(i -> takesMembers[i]).toArray();
    int[] slots = IntStream.of(hosts).map(i -> kept[i]).toArray();
    MostSimilar found = head.vectors().mostSimilar(options.similarity(), pool, slots, 0);
    double sum = 0;
    for (int p = 0; p < pool.length; p++) {
      float similarity = found.similarity()[p];
      target[pool[p]] = similarity > (float) options.tau() ? hosts[found.centre()[p]] : -1;
      sum += similarity;
    }
    return (float) (sum / pool.length);
  }
}
