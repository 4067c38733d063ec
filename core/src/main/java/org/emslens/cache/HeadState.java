package org.emslens.cache;

import java.util.Arrays;

/**
 * What a policy sees of one KV head, slots in ascending order of position.
 *
 * @param slots number of slots n; arrays may be longer
 * @param received attention received, summed over queries and averaged over the group's query heads
 *     [n]
 * @param queries how many queries could see each slot [n]
 * @param local attention received per query over the last `window` queries [n]
 * @param position true position of each slot's own token [n]
 * @param vectors keys and values, where they lie
 */
public record HeadState(
    int slots,
    float[] received,
    int[] queries,
    float[] local,
    int[] position,
    SlotVectors vectors) {

  /** How many slots lie before a position. */
  int before(int reached) {
    int at = Arrays.binarySearch(position, 0, slots, reached);
    return at < 0 ? -at - 1 : at;
  }

  /** Without its first slots. */
  HeadState from(int first) {
    return first == 0
        ? this
        : new HeadState(
            slots - first,
            Arrays.copyOfRange(received, first, slots),
            Arrays.copyOfRange(queries, first, slots),
            Arrays.copyOfRange(local, first, slots),
            Arrays.copyOfRange(position, first, slots),
            vectors.from(first));
  }

  /**
   * Global: attention received per query that could see the slot; without correction, per query of
   * all.
   */
  float[] global(boolean countCorrection) {
    int most = 0;
    for (int j = 0; j < slots; j++) {
      most = Math.max(most, queries[j]);
    }
    float[] global = new float[slots];
    for (int j = 0; j < slots; j++) {
      global[j] = received[j] / Math.max(1, countCorrection ? queries[j] : most);
    }
    return global;
  }
}
