package org.emslens.cache;

import java.util.List;

/** A policy whose heads do not look at each other. */
abstract class HeadwisePolicy implements CachePolicy {

  abstract HeadPlan plan(HeadState head, int budget);

  @Override
  public final List<HeadPlan> plan(LayerState layer, int budget) {
    return layer.heads().stream()
        .map(h -> budget >= h.slots() ? keepAll(h) : plan(h, budget))
        .toList();
  }

  private static HeadPlan keepAll(HeadState h) {
    int[] all = new int[h.slots()];
    for (int j = 0; j < all.length; j++) {
      all[j] = j;
    }
    return HeadPlan.keep(
        all, 0, mass(h, h.global(true)), h.slots(), HeadPlan.Scores.NONE, h.slots());
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
