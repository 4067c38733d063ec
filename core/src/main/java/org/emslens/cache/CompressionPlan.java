package org.emslens.cache;

import java.util.List;

/**
 * One compression of a whole cache: what every KV head keeps, merges and evicts. The engine
 * executes it, the recording stores it, the window draws it.
 *
 * @param policy id of the policy that made it
 * @param budget slots per KV head that were asked for
 * @param heads one plan per KV head, layer by layer [layers * kvHeads]
 */
public record CompressionPlan(
    String policy, int budget, CacheOptions.MergeKeys mergeKeys, List<HeadPlan> heads) {

  public CompressionPlan {
    heads = List.copyOf(heads);
  }

  /** Slots that stay, over all heads. */
  public long kept() {
    return heads.stream().mapToLong(h -> h.kept().length).sum();
  }

  public long merged() {
    return heads.stream().mapToLong(HeadPlan::mergedCount).sum();
  }

  public long evicted() {
    return heads.stream().mapToLong(HeadPlan::evictedCount).sum();
  }
}
