package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.Ranking;

/**
 * What a head's candidates are ranked by.
 *
 * @param score the larger the better, infinite for what is always kept; comparable between heads
 *     that share places [c]
 * @param second what goes by this rather than by the score: the second half of a head's slots; or
 *     null [c]
 * @param half which half of its slots that is
 * @param verbatim which candidates take no members where they are kept [c]; or null for none
 * @param shown whether the score says more than an age
 */
record Ranked(float[] score, float[] second, Half half, boolean[] verbatim, boolean shown) {

  /**
   * Slots of a head that go by its score, where others go by a second.
   *
   * @param recent slots beside the candidates', which are the first of them
   * @param sure candidates that are in any case
   */
  record Half(int recent, int sure) {

    int of(int places) {
      return Math.min(places, Math.max((places + recent) / 2 - recent, sure));
    }
  }

  static Ranked by(float[] score) {
    return new Ranked(score, null, null, null, true);
  }

  /** One whose score only tells the first tokens from the others. */
  static Ranked byAge(float[] score) {
    return new Ranked(score, null, null, null, false);
  }

  /** The best of c candidates, ascending. */
  int[] best(int c, int places) {
    int k = Math.min(c, places);
    if (second == null) {
      return Ranking.best(score, c, k);
    }
    int[] first = Ranking.best(score, c, half.of(k));
    float[] rest = Arrays.copyOf(second, c);
    for (int j : first) {
      rest[j] = Float.POSITIVE_INFINITY;
    }
    return Ranking.best(rest, c, k);
  }

  /** The scores, what is infinite being as large as the largest of the others. */
  float[] finite() {
    float most = Float.NEGATIVE_INFINITY;
    for (float s : score) {
      most = s == Float.POSITIVE_INFINITY ? most : Math.max(most, s);
    }
    float[] finite = score.clone();
    for (int j = 0; j < finite.length; j++) {
      boolean largest = finite[j] == Float.POSITIVE_INFINITY;
      finite[j] = !largest ? finite[j] : most == Float.NEGATIVE_INFINITY ? 0 : most;
    }
    return finite;
  }
}
