package org.emslens.cache;

/**
 * SnapKV's choice with budgets that fall from layer to layer, since attention narrows. With m = B -
 * w candidates kept on average, layer l of L keeps max - l (max - min) / (L - 1), where min = m /
 * 20 and max = 2 m - min. Source: arXiv 2406.02069.
 */
public final class PyramidKv extends HeadwisePolicy {
  private static final double NARROWEST = 20;

  private final CacheOptions options;
  private final SnapKv snap;

  public PyramidKv(CacheOptions options) {
    this.options = options;
    snap = new SnapKv(options);
  }

  @Override
  public int minimumBudget() {
    return snap.minimumBudget();
  }

  @Override
  public int layerBudget(int budget, int layer, int layers) {
    double m = budget - options.window();
    if (layers == 1) {
      return budget;
    }
    double min = m / NARROWEST;
    double max = 2 * m - min;
    double here = max - layer * (max - min) / (layers - 1);
    return options.window() + (int) Math.rint(here);
  }

  @Override
  HeadPlan plan(HeadState head, int budget) {
    return snap.plan(head, budget);
  }
}
