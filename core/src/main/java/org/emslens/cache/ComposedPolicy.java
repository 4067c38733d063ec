package org.emslens.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A policy put together from its parts: how slots are ranked, how a budget is shared out, what
 * becomes of the others, and when.
 *
 * @param countCorrection whether Global divides by the queries that could see the token
 * @param mergeKeys what a merged slot's key becomes
 */
record ComposedPolicy(
    Scorer scorer,
    Sharing sharing,
    Losing losing,
    When when,
    boolean countCorrection,
    CacheOptions.MergeKeys mergeKeys)
    implements CachePolicy {

  @Override
  public int minimumBudget() {
    return scorer.minimumBudget();
  }

  @Override
  public int slack(int wanted) {
    return when.slack(wanted);
  }

  @Override
  public Set<PromptScore> asks() {
    return scorer.asks();
  }

  @Override
  public boolean sharesLayers() {
    return sharing.scope() == Sharing.Scope.MODEL;
  }

  @Override
  public int layerBudget(int budget, int layer, int layers) {
    return sharing.layerBudget(budget, scorer.recent(budget), layer, layers);
  }

  @Override
  public Supplier<List<List<HeadPlan>>> choose(List<LayerState> layers, int budget) {
    List<List<Supplier<HeadPlan>>> chosen =
        sharesLayers()
            ? overAll(layers, budget)
            : layers.parallelStream().map(l -> within(l, budget)).toList();
    return () -> chosen.parallelStream().map(l -> l.stream().map(Supplier::get).toList()).toList();
  }

  private List<List<Supplier<HeadPlan>>> overAll(List<LayerState> layers, int budget) {
    List<HeadState> heads = layers.stream().flatMap(l -> l.heads().stream()).toList();
    List<Supplier<HeadPlan>> all = together(heads, budget);
    List<List<Supplier<HeadPlan>>> perLayer = new ArrayList<>();
    int at = 0;
    for (LayerState l : layers) {
      perLayer.add(all.subList(at, at + l.heads().size()));
      at += l.heads().size();
    }
    return perLayer;
  }

  private List<Supplier<HeadPlan>> within(LayerState layer, int budget) {
    int here = layerBudget(budget, layer.layer(), layer.layers());
    if (sharing.scope() == Sharing.Scope.LAYER) {
      return together(layer.heads(), here);
    }
    return layer.heads().stream().map(h -> together(List.of(h), here).getFirst()).toList();
  }

  /** Plans heads that share places. */
  private List<Supplier<HeadPlan>> together(List<HeadState> heads, int budget) {
    int recent = scorer.recent(budget);
    int each = budget - recent;
    List<Candidates> candidates =
        heads.parallelStream().map(h -> Candidates.of(h, recent, countCorrection)).toList();
    int all = candidates.stream().mapToInt(Candidates::count).sum();
    int places = Math.clamp((long) each * heads.size(), 1, Math.max(1, all));
    List<Ranked> ranked = scorer.rank(candidates, places);
    int[] share = sharing.places(ranked.stream().map(Ranked::score).toList(), each);
    return IntStream.range(0, share.length)
        .parallel()
        .mapToObj(g -> losing.plan(candidates.get(g), ranked.get(g), share[g]))
        .toList();
  }
}
