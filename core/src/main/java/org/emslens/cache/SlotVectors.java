package org.emslens.cache;

import java.util.Arrays;
import java.util.function.Supplier;
import org.emslens.cache.CacheOptions.Similarity;

/** Keys and values of one KV head's slots, asked where they lie. */
public interface SlotVectors {

  /**
   * Asks which of some centres each slot of a pool resembles most: the product of the cosines of
   * keys, values, or both, each at least `floor`; of equals the first. The answer is there once it
   * is asked for, before the slots change; a device may then answer at once what all heads have
   * asked.
   *
   * @param floor what a cosine counts as at least: 0, or -1 for a single one as it is
   */
  Supplier<MostSimilar> mostSimilar(Similarity by, int[] pool, int[] centres, float floor);

  /**
   * The same without the first slots, which numbers then do not count.
   *
   * @param slots how many there are
   */
  default SlotVectors from(int first, int slots) {
    SlotVectors all = this;
    return new SlotVectors() {
      @Override
      public Supplier<MostSimilar> mostSimilar(
          Similarity by, int[] pool, int[] centres, float floor) {
        return all.mostSimilar(by, later(pool), later(centres), floor);
      }

      @Override
      public float[] valueNorms(int[] slots) {
        return all.valueNorms(later(slots));
      }

      @Override
      public float[] keys() {
        float[] keys = all.keys();
        int d = keys.length / slots;
        return Arrays.copyOfRange(keys, first * d, keys.length);
      }

      private int[] later(int[] slots) {
        return Arrays.stream(slots).map(s -> s + first).toArray();
      }
    };
  }

  /** Euclidean length of some slots' values. */
  float[] valueNorms(int[] slots);

  /** A copy of all keys [slots, d]. */
  float[] keys();
}
