package org.emslens.cache;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a policy sees of one KV head, slots in ascending order of position.
 *
 * @param slots number of slots n; arrays may be longer
 * @param received attention received, summed over queries and averaged over the group's query heads
 *     [n]
 * @param queries how many queries could see each slot [n]
 * @param local attention received per query over the last `window` queries [n]
 * @param newest attention of the newest query, averaged over the group's query heads [n]
 * @param position true position of each slot's own token [n]
 * @param vectors keys and values, where they lie
 * @param asked what was asked of the prompt, where its slots are still all there [n]
 */
public record HeadState(
    int slots,
    float[] received,
    int[] queries,
    float[] local,
    float[] newest,
    int[] position,
    SlotVectors vectors,
    Map<PromptScore, float[]> asked) {

  /** One that nothing was asked of. */
  public HeadState(
      int slots,
      float[] received,
      int[] queries,
      float[] local,
      float[] newest,
      int[] position,
      SlotVectors vectors) {
    this(slots, received, queries, local, newest, position, vectors, Map.of());
  }

  /** This with what was asked of the prompt. */
  public HeadState with(Map<PromptScore, float[]> answers) {
    return new HeadState(slots, received, queries, local, newest, position, vectors, answers);
  }

  /**
   * @throws IllegalStateException where the prompt was not asked
   */
  float[] asked(PromptScore what) {
    float[] scores = asked.get(what);
    if (scores == null) {
      throw new IllegalStateException("The prompt was not asked for " + what.id() + ".");
    }
    return scores;
  }

  /** How many slots lie before a position. */
  int before(int reached) {
    int at = Arrays.binarySearch(position, 0, slots, reached);
    return at < 0 ? -at - 1 : at;
  }

  /** Without its first slots. */
  HeadState from(int first) {
    if (first == 0) {
      return this;
    }
    Map<PromptScore, float[]> later = new EnumMap<>(PromptScore.class);
    asked.forEach((what, x) -> later.put(what, Arrays.copyOfRange(x, first, slots)));
    return new HeadState(
        slots - first,
        Arrays.copyOfRange(received, first, slots),
        Arrays.copyOfRange(queries, first, slots),
        Arrays.copyOfRange(local, first, slots),
        Arrays.copyOfRange(newest, first, slots),
        Arrays.copyOfRange(position, first, slots),
        vectors.from(first, slots),
        later);
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
