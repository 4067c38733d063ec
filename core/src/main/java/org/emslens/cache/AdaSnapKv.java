package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.math.Ranking;

/**
 * SnapKV's scores with the layer's budget shared out among its heads by need: each head is sure of
 * its best 20 % of the even share, the rest goes to the best scores of all heads together. Source:
 * arXiv 2407.11550.
 */
public final class AdaSnapKv implements CachePolicy {
  private static final double SURE = 0.2;

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
    int[] places = places(scores, budget - options.window());
    return IntStream.range(0, places.length)
        .mapToObj(g -> plan(layer.heads().get(g), places[g], scores.get(g)))
        .toList();
  }

  private HeadPlan plan(HeadState head, int places, float[] score) {
    float[] global = head.global(options.countCorrection());
    float[] mass = HeadwisePolicy.mass(head, global);
    int budget = places + options.window();
    return TopSlots.plan(head, budget, options.window(), score, global, mass, options.mass());
  }

  /**
   * How many candidates each head keeps: those it is sure of, and its share of the others' top k.
   *
   * @param each candidates per head on average
   */
  private static int[] places(List<float[]> scores, int each) {
    int heads = scores.size();
    int candidates = scores.stream().mapToInt(s -> s.length).sum();
    float[] open = new float[candidates];
    int[] owner = new int[candidates];
    int[] places = new int[heads];
    int n = 0;
    for (int g = 0; g < heads; g++) {
      float[] score = scores.get(g);
      int[] order = Ranking.descending(score, score.length);
      places[g] = Math.min((int) (SURE * each), score.length);
      for (int i = places[g]; i < score.length; i++) {
        open[n] = score[order[i]];
        owner[n++] = g;
      }
    }
    int rest = Math.min(n, each * heads - Arrays.stream(places).sum());
    for (int j : Ranking.best(open, n, rest)) {
      places[owner[j]]++;
    }
    return places;
  }
}
