package org.emslens.cache;

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

  /** Euclidean length of some slots' values. */
  float[] valueNorms(int[] slots);
}
