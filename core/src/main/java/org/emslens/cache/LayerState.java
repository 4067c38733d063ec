package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a policy sees of one layer.
 *
 * @param newest attention of the newest query, per KV head averaged over its group [G][n]
 * @param skipped per KV head, how many of its slots, the oldest, are left out here since no query
 *     to come reaches them [G]
 */
public record LayerState(
    int layer, int layers, List<HeadState> heads, float[][] newest, int[] skipped) {

  /** With all slots. */
  public LayerState(int layer, int layers, List<HeadState> heads, float[][] newest) {
    this(layer, layers, heads, newest, new int[heads.size()]);
  }

  /** Without the slots before a position. */
  public LayerState from(int reached) {
    int[] skip = heads.stream().mapToInt(h -> h.before(reached)).toArray();
    return new LayerState(
        layer,
        layers,
        IntStream.range(0, skip.length).mapToObj(g -> heads.get(g).from(skip[g])).toList(),
        IntStream.range(0, skip.length)
            .mapToObj(g -> Arrays.copyOfRange(newest[g], skip[g], newest[g].length))
            .toArray(float[][]::new),
        skip);
  }
}
