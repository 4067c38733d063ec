package org.emslens.cache;

import java.util.List;
import java.util.stream.IntStream;

/**
 * SnapKV's scores with the layer's budget shared out among its heads by need: each head is sure of
 * its best 20 % of the even share, the rest goes to the best scores of all heads together. Source:
 * arXiv 2407.11550.
 */
public final class AdaSnapKv implements CachePolicy {
  private final CacheOptions options;

  public AdaSnapKv(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  public List<HeadPlan> plan(LayerState layer, int budget) {
    List<float[]> scores =
        layer.heads().stream()
            .map(h -> SnapKv.score(h.local(), h.slots() - options.window()))
            .toList();
    int[] places = SharedPlaces.of(scores, budget - options.window());
    return IntStream.range(0, places.length)
        .mapToObj(
            g ->
                TopSlots.plan(
                    layer.heads().get(g),
                    places[g] + options.window(),
                    options.window(),
                    scores.get(g),
                    options))
        .toList();
  }
}
