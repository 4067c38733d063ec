package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.Ranking;

/**
 * What a head's candidates are ranked by.
 *
 * @param score the larger the better, infinite for what is always kept; comparable between heads
 *     that share places [c]
 * @param second what goes by this rather than by the score: the second half of a head's places; or
 *     null [c]
 * @param sure places that go by the score at least, where there is a second
 * @param verbatim which candidates take no members where they are kept [c]; or null for none
 * @param shown whether the score says more than an age
 */
record Ranked(float[] score, float[] second, int sure, boolean[] verbatim, boolean shown) {

  static Ranked by(float[] score) {
    return new Ranked(score, null, 0, null, true);
  }

  /** One whose score only tells the first tokens from the others. */
  static Ranked byAge(float[] score) {
    return new Ranked(score, null, 0, null, false);
  }

  /** The best of c candidates, ascending. */
  int[] best(int c, int places) {
    int k = Math.min(c, places);
    if (second == null) {
      return Ranking.best(score, c, k);
    }
    int[] first = Ranking.best(score, c, Math.max(k / 2, Math.min(sure, k)));
    float[] rest = Arrays.copyOf(second, c);
    for (int j : first) {
      rest[j] = Float.POSITIVE_INFINITY;
    }
    return Ranking.best(rest, c, k);
  }

  /** The scores, what is infinite being as large as the largest of the others. */
  float[] finite() {
    float most = 0;
    for (float s : score) {
      most = s == Float.POSITIVE_INFINITY ? most : Math.max(most, s);
    }
    float[] finite = score.clone();
    for (int j = 0; j < finite.length; j++) {
      finite[j] = finite[j] == Float.POSITIVE_INFINITY ? most : finite[j];
    }
    return finite;
  }
}
