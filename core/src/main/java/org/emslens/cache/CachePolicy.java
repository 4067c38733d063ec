package org.emslens.cache;

import java.util.List;
import java.util.function.Supplier;

/**
 * Decides what a layer's cache keeps: a pure function from scores, keys and values to a plan per KV
 * head.
 */
public interface CachePolicy {

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

  /** What a merged slot's key becomes. */
  default CacheOptions.MergeKeys mergeKeys() {
    return CacheOptions.MergeKeys.CENTRE;
  }

  /** Slots per KV head of one layer, on average over its heads. */
  default int layerBudget(int budget, int layer, int layers) {
    return budget;
  }

  /**
   * Plans one layer. Called only where the layer holds more than its budget.
   *
   * @param budget slots per KV head of this layer, from {@link #layerBudget}
   * @return one plan per KV head
   */
  List<HeadPlan> plan(LayerState layer, int budget);

  /**
   * The first half of {@link #plan}: chooses what is kept, and asks the device what the plans need
   * to know beyond that. Where all layers choose before any of them plans, a device can answer them
   * at once.
   *
   * @return the second half
   */
  default Supplier<List<HeadPlan>> choose(LayerState layer, int budget) {
    List<HeadPlan> plans = plan(layer, budget);
    return () -> plans;
  }
}
