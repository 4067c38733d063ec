package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import org.emslens.math.Ranking;

/**
 * The Global-Local score of one KV head's candidates: attention accumulated over all queries joined
 * with attention of recent ones (arXiv 2412.08521; alignment `quota`, pooling and count correction
 * are this project's choices).
 *
 * @param score what candidates are ranked by [c]
 * @param localOnly candidates that Local alone would choose [c]
 */
record GlobalLocalScore(float[] score, boolean[] localOnly) {
  private static final float TINY = 1e-12f;

  /**
   * What the score of one head is made of.
   *
   * @param global attention per query that could see the slot [c]
   * @param near largest attention per query of the window among the slots nearby [c]
   */
  record Parts(float[] global, float[] near) {

    /**
     * @param global attention per query that could see the slot [at least c]
     * @param local attention per query of the window [at least c]
     */
    static Parts of(float[] global, float[] local, int[] position, int c, int kernel) {
      return new Parts(Arrays.copyOf(global, c), nearby(local, position, c, kernel));
    }
  }

  /**
   * Scores of heads that share places: one head alone, or all of a layer. Thresholds and means are
   * taken over all of them, so that the scores can be compared.
   *
   * @param centres places to be given in all, from 1 to the number of candidates
   */
  static List<GlobalLocalScore> of(List<Parts> heads, int centres, CacheOptions o) {
    float[] global = join(heads.stream().map(Parts::global).toList());
    float[] near = join(heads.stream().map(Parts::near).toList());
    if (o.align() == CacheOptions.Align.MEAN) {
      float meanGlobal = mean(global);
      float meanNear = mean(near);
      float alpha = (float) o.alpha();
      return heads.stream()
          .map(
              h ->
                  new GlobalLocalScore(
                      mix(h, alpha, meanGlobal, meanNear), new boolean[h.near.length]))
          .toList();
    }
    int places = (int) Math.floor(o.alpha() * centres + 0.5);
    if (places == 0 || places == centres) {
      boolean byLocal = places == 0;
      float cut = threshold(byLocal ? near : global, centres);
      return heads.stream()
          .map(h -> byLocal ? h.near : h.global)
          .map(x -> new GlobalLocalScore(over(x, cut), new boolean[x.length]))
          .toList();
    }
    float globalCut = threshold(global, places);
    float localCut = threshold(near, centres - places);
    return heads.stream().map(h -> quota(h, globalCut, localCut)).toList();
  }

  private static GlobalLocalScore quota(Parts head, float globalCut, float localCut) {
    int c = head.near.length;
    float[] score = new float[c];
    boolean[] localOnly = new boolean[c];
    for (int j = 0; j < c; j++) {
      float byGlobal = head.global[j] / globalCut;
      float byLocal = head.near[j] / localCut;
      score[j] = Math.max(byGlobal, byLocal);
      localOnly[j] = byLocal >= 1 && byGlobal < 1;
    }
    return new GlobalLocalScore(score, localOnly);
  }

  private static float[] mix(Parts head, float alpha, float meanGlobal, float meanNear) {
    float[] score = new float[head.near.length];
    for (int j = 0; j < score.length; j++) {
      score[j] = alpha * (head.global[j] / meanGlobal) + (1 - alpha) * (head.near[j] / meanNear);
    }
    return score;
  }

  private static float[] join(List<float[]> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (float[] p : parts) {
      System.arraycopy(p, 0, all, at, p.length);
      at += p.length;
    }
    return all;
  }

  /**
   * Largest Local among the candidates whose true positions are within kernel / 2. Positions
   * ascend.
   */
  private static float[] nearby(float[] local, int[] position, int c, int kernel) {
    int reach = kernel / 2;
    float[][] largest = largest(local, c, 2 * reach + 1);
    float[] near = new float[c];
    int first = 0;
    int end = 0;
    for (int j = 0; j < c; j++) {
      while (end < c && position[end] - position[j] <= reach) {
        end++;
      }
      while (position[j] - position[first] > reach) {
        first++;
      }
      int power = 31 - Integer.numberOfLeadingZeros(end - first);
      near[j] = Math.max(largest[power][first], largest[power][end - (1 << power)]);
    }
    return near;
  }

  /**
   * Largest of 1, 2, 4, ... neighbours from each on, up to so many: any stretch is two of them, and
   * no branch depends on the numbers.
   */
  private static float[][] largest(float[] x, int c, int most) {
    float[][] largest = new float[32 - Integer.numberOfLeadingZeros(most)][];
    largest[0] = x;
    for (int power = 1; power < largest.length; power++) {
      float[] half = largest[power - 1];
      int size = 1 << power;
      float[] whole = new float[Math.max(0, c - size + 1)];
      for (int j = 0; j < whole.length; j++) {
        whole[j] = Math.max(half[j], half[j + size / 2]);
      }
      largest[power] = whole;
    }
    return largest;
  }

  private static float mean(float[] x) {
    double sum = 0;
    for (float v : x) {
      sum += v;
    }
    return Math.max((float) (sum / x.length), TINY);
  }

  private static float threshold(float[] x, int n) {
    return x.length == 0 ? TINY : Math.max(Ranking.kthLargest(x, x.length, n), TINY);
  }

  private static float[] over(float[] x, float divisor) {
    float[] out = x.clone();
    for (int j = 0; j < out.length; j++) {
      out[j] /= divisor;
    }
    return out;
  }
}
