package org.emslens.cache;

import java.util.List;

/** How a budget is shared out: the second of the parts that a policy is put together from. */
interface Sharing {

  /** Heads that share places are ranked together. */
  enum Scope {
    HEAD,
    LAYER,
    MODEL
  }

  Scope scope();

  /**
   * Slots per KV head of one layer.
   *
   * @param recent of them that are kept whatever their score
   */
  default int layerBudget(int budget, int recent, int layer, int layers) {
    return budget;
  }

  /**
   * How many candidates each head keeps.
   *
   * @param scores of heads that share places
   * @param each candidates per head on average
   */
  int[] places(List<float[]> scores, int each);

  /** As the options say. */
  static Sharing of(CacheOptions o) {
    return switch (o.share()) {
      case EVEN -> new EvenShares(Scope.HEAD);
      case LAYER -> new SharesByNeed(Scope.LAYER, o.floor());
      case ALL -> new SharesByNeed(Scope.MODEL, o.floor());
    };
  }
}
