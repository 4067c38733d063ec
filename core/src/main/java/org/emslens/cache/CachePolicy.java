package org.emslens.cache;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides what a cache keeps: a pure function from scores, keys and values to a plan per KV head.
 */
public interface CachePolicy {

  /** What {@link #slack} is where a cache is compressed after the prompt only. */
  int NEVER = Integer.MAX_VALUE;

  /** Smallest budget that it can work with. */
  int minimumBudget();

  /** Whether it ever compresses. */
  default boolean compresses() {
    return true;
  }

  /** Slots that a head may grow beyond its budget before it is compressed again. */
  default int slack(int wanted) {
    return wanted;
  }

  /** What it needs to know of the prompt beyond what every prompt is asked. */
  default Set<PromptScore> asks() {
    return Set.of();
  }

  /** What a merged slot's key becomes. */
  default CacheOptions.MergeKeys mergeKeys() {
    return CacheOptions.MergeKeys.CENTRE;
  }

  /** Whether the heads of all layers share the budget, so that no layer has one of its own. */
  default boolean sharesLayers() {
    return false;
  }

  /** Slots per KV head of one layer, on average over its heads. */
  default int layerBudget(int budget, int layer, int layers) {
    return budget;
  }

  /**
   * The first half of a plan: chooses what is kept, and asks the device what the plans need to know
   * beyond that, so that it can answer all heads at once. Called only where some layer holds more
   * than its budget.
   *
   * @param layers those that are compressed, not always all of the model's
   * @param budget slots per KV head
   * @return the second half: per layer one plan per KV head
   */
  Supplier<List<List<HeadPlan>>> choose(List<LayerState> layers, int budget);
}
