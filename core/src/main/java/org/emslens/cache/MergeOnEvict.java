package org.emslens.cache;

import java.util.function.Supplier;

/**
 * SnapKV's choice, after which each evicted slot's value v_e is blended into the kept slot whose
 * key is most similar: v becomes (v + sum of w v_e) / (1 + sum of w) with w = cos |v_e| / (|v_e| +
 * |v|), the cosine between keys; where no key points the same way, w is 0. Keys stay, and nothing
 * is added to logits. Source: NVIDIA's kvpress, after D2O (arXiv 2406.13035).
 */
public final class MergeOnEvict extends HeadwisePolicy {
  private static final float TINY = 1e-12f;

  private final CacheOptions options;
  private final SnapKv snap;

  public MergeOnEvict(CacheOptions options) {
    this.options = options;
    snap = new SnapKv(options);
  }

  @Override
  public int minimumBudget() {
    return snap.minimumBudget();
  }

  @Override
  HeadPlan plan(HeadState head, int budget) {
    return choose(head, budget).get();
  }

  @Override
  Supplier<HeadPlan> choose(HeadState head, int budget) {
    HeadPlan evict = snap.plan(head, budget);
    int[] gone = gone(evict);
    Supplier<MostSimilar> found =
        head.vectors().mostSimilar(CacheOptions.Similarity.KEYS, gone, evict.kept(), -1);
    return () -> plan(head, evict, gone, found.get());
  }

  private static HeadPlan plan(HeadState head, HeadPlan evict, int[] gone, MostSimilar found) {
    int[] kept = evict.kept();
    int[] target = evict.target().clone();
    float[] weight = new float[head.slots()];
    for (int j : kept) {
      weight[j] = 1;
    }
    float[] norms = head.vectors().valueNorms(gone);
    float[] hosts = head.vectors().valueNorms(kept);
    double similarity = 0;
    for (int e = 0; e < gone.length; e++) {
      float cos = found.similarity()[e];
      int host = found.centre()[e];
      float own = norms[e];
      float its = hosts[host];
      target[gone[e]] = host;
      weight[gone[e]] = Math.max(0, cos) * own / Math.max(own + its, TINY);
      similarity += cos;
    }
    float redundancy = gone.length == 0 ? 0 : (float) (similarity / gone.length);
    return new HeadPlan(
        kept,
        evict.window(),
        target,
        weight,
        evict.bias(),
        evict.scores(),
        HeadPlan.readout(
            target, kept, evict.weight(), evict.window(), evict.readout().needed(), redundancy));
  }

  private static int[] gone(HeadPlan plan) {
    int[] gone = new int[plan.slots() - plan.kept().length];
    int n = 0;
    for (int j = 0; j < plan.slots(); j++) {
      if (plan.target()[j] < 0) {
        gone[n++] = j;
      }
    }
    return gone;
  }
}
