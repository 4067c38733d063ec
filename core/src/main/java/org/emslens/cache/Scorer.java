package org.emslens.cache;

import java.util.List;
import java.util.Set;

/** How slots are ranked: the first of the parts that a policy is put together from. */
interface Scorer {

  /** Newest slots of a head that are kept whatever their score. */
  int recent(int budget);

  /** Smallest budget that it can work with. */
  int minimumBudget();

  /** What it needs to know of the prompt. */
  default Set<PromptScore> asks() {
    return Set.of();
  }

  /**
   * Ranks the candidates of heads that share places: one head alone, all of a layer, or all there
   * are.
   *
   * @param places to be given to all of them together, from 1 to the number of candidates
   */
  List<Ranked> rank(List<Candidates> heads, int places);
}
