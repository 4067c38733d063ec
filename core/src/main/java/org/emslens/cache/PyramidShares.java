package org.emslens.cache;

import java.util.List;

/**
 * Budgets that fall from layer to layer, since attention narrows. With m = B - w candidates kept on
 * average, layer l of L keeps max - l (max - min) / (L - 1), where min = m / 20 and max = 2 m -
 * min. Source: arXiv 2406.02069.
 */
record PyramidShares() implements Sharing {
  private static final double NARROWEST = 20;

  @Override
  public Scope scope() {
    return Scope.HEAD;
  }

  @Override
  public int layerBudget(int budget, int recent, int layer, int layers) {
    if (layers == 1) {
      return budget;
    }
    double m = budget - recent;
    double min = m / NARROWEST;
    double max = 2 * m - min;
    double here = max - layer * (max - min) / (layers - 1);
    return recent + (int) Math.rint(here);
  }

  @Override
  public int[] places(List<float[]> scores, int each) {
    return new EvenShares(Scope.HEAD).places(scores, each);
  }
}
