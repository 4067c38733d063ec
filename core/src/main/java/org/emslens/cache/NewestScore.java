package org.emslens.cache;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Token omission via attention: the attention of the newest query, averaged over all query heads of
 * the layer, so that its heads keep the same slots. Source: TOVA, arXiv 2401.06104.
 */
record NewestScore() implements Scorer {

  @Override
  public int recent(int budget) {
    return 0;
  }

  @Override
  public int minimumBudget() {
    return 1;
  }

  @Override
  public List<Ranked> rank(List<Candidates> heads, int places) {
    float[] score = new float[heads.getFirst().count()];
    for (Candidates h : heads) {
      float[] newest = Arrays.copyOf(h.head().newest(), score.length);
      for (int j = 0; j < score.length; j++) {
        score[j] += newest[j] / heads.size();
      }
    }
    return Collections.nCopies(heads.size(), Ranked.by(score));
  }
}
