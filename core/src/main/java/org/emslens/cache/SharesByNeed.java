package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import org.emslens.math.Ranking;

/**
 * Places shared out by need: each head is sure of its best few, the rest goes to the best scores of
 * all heads together. Sources: arXiv 2407.11550 within a layer, a fifth of the even share being
 * sure; arXiv 2505.23416 over all layers, none being so.
 *
 * @param scope which heads share
 * @param floor what each head is sure of, as a share of the even one
 */
record SharesByNeed(Scope scope, double floor) implements Sharing {

  /** How many places of a head's even share are its own. */
  static int sure(double floor, int each) {
    return (int) (floor * each);
  }

  @Override
  public int[] places(List<float[]> scores, int each) {
    int heads = scores.size();
    int candidates = scores.stream().mapToInt(s -> s.length).sum();
    float[] open = new float[candidates];
    int[] owner = new int[candidates];
    int[] places = new int[heads];
    int n = 0;
    for (int g = 0; g < heads; g++) {
      float[] score = scores.get(g);
      int[] order = Ranking.descending(score, score.length);
      places[g] = Math.min(sure(floor, each), score.length);
      for (int i = places[g]; i < score.length; i++) {
        open[n] = score[order[i]];
        owner[n++] = g;
      }
    }
    int rest = Math.min(n, each * heads - Arrays.stream(places).sum());
    for (int j : Ranking.best(open, n, rest)) {
      places[owner[j]]++;
    }
    return places;
  }
}
