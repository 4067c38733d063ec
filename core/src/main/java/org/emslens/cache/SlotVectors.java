package org.emslens.cache;

import org.emslens.cache.CacheOptions.Similarity;

/** Keys and values of one KV head's slots, asked where they lie. */
public interface SlotVectors {

  /**
   * Which of some centres each slot of a pool resembles most: the product of the cosines of keys,
   * values, or both, each at least `floor`; of equals the first.
   *
   * @param floor what a cosine counts as at least: 0, or -1 for a single one as it is
   */
  MostSimilar mostSimilar(Similarity by, int[] pool, int[] centres, float floor);

  /** Euclidean length of some slots' values. */
  float[] valueNorms(int[] slots);
}
