package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import org.emslens.math.Ranking;

/**
 * A layer's places shared out among its heads by need: each head is sure of its best fifth of the
 * even share, the rest goes to the best scores of all heads together. Source: arXiv 2407.11550.
 */
final class SharedPlaces {
  private static final double SURE = 0.2;

  private SharedPlaces() {}

  /**
   * How many candidates each head keeps.
   *
   * @param scores per head, comparable between heads
   * @param each candidates per head on average
   */
  static int[] of(List<float[]> scores, int each) {
    int heads = scores.size();
    int candidates = scores.stream().mapToInt(s -> s.length).sum();
    float[] open = new float[candidates];
    int[] owner = new int[candidates];
    int[] places = new int[heads];
    int n = 0;
    for (int g = 0; g < heads; g++) {
      float[] score = scores.get(g);
      int[] order = Ranking.descending(score, score.length);
      places[g] = Math.min((int) (SURE * each), score.length);
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
