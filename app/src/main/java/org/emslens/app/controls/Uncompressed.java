package org.emslens.app.controls;

import org.emslens.cache.CachePolicy;
import org.emslens.cache.Policies;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Step;

/** Why a run's cache is whole still, in words. */
public final class Uncompressed {
  private Uncompressed() {}

  /**
   * A sentence without its full stop.
   *
   * @param step up to which nothing was compressed
   */
  public static String why(Run run, Step step) {
    CacheChoice c = run.choice();
    int budget = c.slotsFor(run.prompt().size());
    int slack = c.policy().with(c.options()).slack(c.options().slack());
    if (c.policy() == Policies.FULL || slack == CachePolicy.NEVER || step.seen() <= budget) {
      return "Nothing was compressed: the budget holds all";
    }
    return "Nothing is compressed yet: that comes at "
        + (budget + slack)
        + " slots, the budget's "
        + budget
        + " and "
        + slack
        + " of slack";
  }
}
