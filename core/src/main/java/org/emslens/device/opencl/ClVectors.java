package org.emslens.device.opencl;

import java.util.function.Supplier;
import org.emslens.cache.CacheOptions.Similarity;
import org.emslens.cache.MostSimilar;
import org.emslens.cache.SlotVectors;

/** A head's slots on the card, as long as its cache does not change. */
record ClVectors(
    Comparisons comparisons, Room room, int head, Description about, Supplier<float[]> read)
    implements SlotVectors {

  @Override
  public float[] keys() {
    return read.get();
  }

  @Override
  public Supplier<MostSimilar> mostSimilar(Similarity by, int[] pool, int[] centres, float floor) {
    return comparisons.ask(head, by, pool, centres, floor);
  }

  @Override
  public float[] valueNorms(int[] some) {
    float[] lengths = new float[some.length];
    for (int i = 0; i < some.length; i++) {
      lengths[i] = about.valueLength(room.base(head) + some[i]);
    }
    return lengths;
  }
}
