package org.emslens.cache;

import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Which centre each pooled slot joins: the most similar one, unless the zero class, whose
 * similarity to everything is tau, is at least as similar. Similarity is the cosine of keys times
 * the cosine of values, each clamped at 0.
 */
final class MergeAssignment {
  private final int[] pool;
  private final int[] hosts;
  private final float tau;
  private final Supplier<MostSimilar> asked;

  /**
   * Asks which centres they resemble.
   *
   * @param pool slots that may join a centre
   * @param kept its first entries are the centres, as many as `takesMembers` has
   */
  MergeAssignment(
      HeadState head, CacheOptions options, int[] pool, int[] kept, boolean[] takesMembers) {
    this.pool = pool;
    tau = (float) options.tau();
    hosts = IntStream.range(0, takesMembers.length).filter(i -> takesMembers[i]).toArray();
    int[] slots = IntStream.of(hosts).map(i -> kept[i]).toArray();
    asked =
        pool.length == 0 ? null : head.vectors().mostSimilar(options.similarity(), pool, slots, 0);
  }

  /**
   * Writes each pooled slot's class into `target`.
   *
   * @param target per slot, -1 on entry for the pool
   * @return mean best similarity of the pool, 0 without one
   */
  float assign(int[] target) {
    if (asked == null) {
      return 0;
    }
    MostSimilar found = asked.get();
    double sum = 0;
    for (int p = 0; p < pool.length; p++) {
      float similarity = found.similarity()[p];
      target[pool[p]] = similarity > tau ? hosts[found.centre()[p]] : -1;
      sum += similarity;
    }
    return (float) (sum / pool.length);
  }
}
