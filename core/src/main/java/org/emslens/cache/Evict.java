package org.emslens.cache;

import java.util.function.Supplier;

/**
 * Drops what is not kept.
 *
 * @param mass share of the attention that a head's readout counts the tokens of
 */
record Evict(double mass) implements Losing {

  @Override
  public Supplier<HeadPlan> plan(Candidates head, Ranked by, int places) {
    HeadPlan plan = now(head, by, places);
    return () -> plan;
  }

  HeadPlan now(Candidates head, Ranked by, int places) {
    return HeadPlan.keep(
        head.kept(by, places),
        head.recent(),
        head.mass(),
        head.head().slots(),
        head.scores(by),
        head.needed(mass));
  }
}
