package org.emslens.device.opencl;

import java.util.Arrays;
import org.emslens.cache.CacheOptions.Similarity;
import org.emslens.cache.MostSimilar;
import org.emslens.cache.SlotVectors;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;

/** Compares a head's slots on the card, as long as its cache does not change. */
record ClVectors(
    Card card, Kernel similar, Tuning tuning, int headDim, Room room, int head, Description about)
    implements SlotVectors {

  @Override
  public MostSimilar mostSimilar(Similarity by, int[] pool, int[] centres, float floor) {
    float[] similarity = new float[pool.length];
    Arrays.fill(similarity, floor);
    if (pool.length == 0 || centres.length == 0) {
      return new MostSimilar(new int[pool.length], similarity);
    }
    int bits =
        switch (by) {
          case KEYS -> 1;
          case VALUES -> 2;
          case BOTH -> 3;
        };
    try (Buffer some = card.of(pool);
        Buffer others = card.of(centres);
        Buffer best = card.floats(pool.length);
        Buffer nearness = card.floats(pool.length)) {
      Local tile = Local.floats((long) tuning.centres() * headDim);
      similar.run(
          Grid.items(pool.length, tuning.keys()),
          room.keys(),
          room.values(),
          about.buffer(),
          about.total(),
          room.base(head),
          room.capacity(head),
          some,
          pool.length,
          others,
          centres.length,
          bits,
          floor,
          best,
          nearness,
          tile,
          tile);
      int[] centre = new int[pool.length];
      card.read(best, centre);
      card.read(nearness, 0, similarity, 0, pool.length);
      return new MostSimilar(centre, similarity);
    }
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
