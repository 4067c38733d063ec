package org.emslens.cache;

import java.util.function.Supplier;

/**
 * Blends the value v_e of each slot that is not kept into the kept slot whose key is most similar:
 * v becomes (v + sum of w v_e) / (1 + sum of w) with w = cos |v_e| / (|v_e| + |v|), the cosine
 * between keys; where no key points the same way, w is 0. Keys stay, and nothing is added to
 * logits. Source: NVIDIA's kvpress, after D2O (arXiv 2406.13035).
 *
 * @param mass share of the attention that a head's readout counts the tokens of
 */
record BlendMerge(double mass) implements Losing {
  private static final float TINY = 1e-12f;

  @Override
  public Supplier<HeadPlan> plan(Candidates candidates, Ranked by, int places) {
    HeadState head = candidates.head();
    HeadPlan evict = new Evict(mass).now(candidates, by, places);
    int[] gone = gone(evict);
    if (gone.length == 0 || evict.kept().length == 0) {
      return () -> evict;
    }
    Supplier<MostSimilar> found =
        head.vectors().mostSimilar(CacheOptions.Similarity.KEYS, gone, evict.kept(), -1);
    return () -> blended(head, evict, gone, found.get());
  }

  private static HeadPlan blended(HeadState head, HeadPlan evict, int[] gone, MostSimilar found) {
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
    return new HeadPlan(
        kept,
        evict.window(),
        target,
        weight,
        evict.bias(),
        evict.scores(),
        HeadPlan.readout(
            target,
            kept,
            evict.weight(),
            evict.window(),
            evict.readout().needed(),
            (float) (similarity / gone.length)));
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
