package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import org.emslens.math.Ranking;

/**
 * The Global-Local score: attention accumulated over all queries joined with attention of recent
 * ones (arXiv 2412.08521; alignment `quota`, pooling and count correction are this project's
 * choices).
 */
record GlobalLocalScore(CacheOptions options) implements Scorer {
  private static final float TINY = 1e-12f;

  /**
   * What the score of one head is made of.
   *
   * @param global attention per query that could see the slot [c]
   * @param near attention per query of the window, pooled [c]
   */
  private record Parts(float[] global, float[] near) {}

  @Override
  public int recent(int budget) {
    return options.window();
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  /** Thresholds and means are taken over all heads, so that the scores can be compared. */
  @Override
  public List<Ranked> rank(List<Candidates> candidates, int centres) {
    List<Parts> heads = candidates.stream().map(this::parts).toList();
    float[] global = join(heads.stream().map(Parts::global).toList());
    float[] near = join(heads.stream().map(Parts::near).toList());
    if (options.align() == CacheOptions.Align.MEAN) {
      float meanGlobal = mean(global);
      float meanNear = mean(near);
      return heads.stream().map(h -> Ranked.by(mix(h, meanGlobal, meanNear))).toList();
    }
    int places = (int) Math.floor(options.alpha() * centres + 0.5);
    if (places == 0 || places == centres) {
      boolean byLocal = places == 0;
      float cut = threshold(byLocal ? near : global, centres);
      return heads.stream()
          .map(h -> byLocal ? h.near : h.global)
          .map(x -> Ranked.by(over(x, cut)))
          .toList();
    }
    float globalCut = threshold(global, places);
    float localCut = threshold(near, centres - places);
    return heads.stream().map(h -> quota(h, globalCut, localCut)).toList();
  }

  private Parts parts(Candidates head) {
    int c = head.count();
    HeadState s = head.head();
    return new Parts(
        Arrays.copyOf(head.global(), c),
        Pooling.of(options.pool(), s.local(), s.position(), c, options.kernel()));
  }

  /** What Local alone would choose takes no members: what the question points at stays verbatim. */
  private Ranked quota(Parts head, float globalCut, float localCut) {
    int c = head.near.length;
    float[] score = new float[c];
    boolean[] localOnly = new boolean[c];
    for (int j = 0; j < c; j++) {
      float byGlobal = head.global[j] / globalCut;
      float byLocal = head.near[j] / localCut;
      score[j] = Math.max(byGlobal, byLocal);
      localOnly[j] = byLocal >= 1 && byGlobal < 1;
    }
    boolean[] verbatim = options.hosts() == CacheOptions.Hosts.ALL ? null : localOnly;
    return new Ranked(score, null, null, verbatim, true);
  }

  private float[] mix(Parts head, float meanGlobal, float meanNear) {
    float alpha = (float) options.alpha();
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
