package org.emslens.cache;

import java.util.List;
import java.util.function.Supplier;

/** A policy whose heads do not look at each other. */
abstract class HeadwisePolicy implements CachePolicy {

  abstract HeadPlan plan(HeadState head, int budget);

  /** As {@link CachePolicy#choose} for one head. */
  Supplier<HeadPlan> choose(HeadState head, int budget) {
    HeadPlan plan = plan(head, budget);
    return () -> plan;
  }

  @Override
  public final List<HeadPlan> plan(LayerState layer, int budget) {
    return choose(layer, budget).get();
  }

  @Override
  public final Supplier<List<HeadPlan>> choose(LayerState layer, int budget) {
    List<Supplier<HeadPlan>> heads =
        layer.heads().stream()
            .map(h -> budget >= h.slots() ? keepAll(h) : choose(h, budget))
            .toList();
    return () -> heads.stream().map(Supplier::get).toList();
  }

  private static Supplier<HeadPlan> keepAll(HeadState h) {
    HeadPlan plan = HeadPlan.keepAll(h);
    return () -> plan;
  }

  /** Attention mass m = (Global + Local) / 2 of every slot. */
  static float[] mass(HeadState head, float[] global) {
    float[] mass = new float[head.slots()];
    for (int j = 0; j < mass.length; j++) {
      mass[j] = (global[j] + head.local()[j]) / 2;
    }
    return mass;
  }
}
