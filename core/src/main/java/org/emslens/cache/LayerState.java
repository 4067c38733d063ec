package org.emslens.cache;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a policy sees of one layer.
 *
 * @param skipped per KV head, how many of its slots, the oldest, are left out here since no query
 *     to come reaches them [G]
 */
public record LayerState(int layer, int layers, List<HeadState> heads, int[] skipped) {

  /** With all slots. */
  public LayerState(int layer, int layers, List<HeadState> heads) {
    this(layer, layers, heads, new int[heads.size()]);
  }

  /** Without the slots before a position. */
  public LayerState from(int reached) {
    int[] skip = heads.stream().mapToInt(h -> h.before(reached)).toArray();
    return new LayerState(
        layer,
        layers,
        IntStream.range(0, skip.length).mapToObj(g -> heads.get(g).from(skip[g])).toList(),
        skip);
  }
}
