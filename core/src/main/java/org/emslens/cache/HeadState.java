package org.emslens.cache;

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
