package org.emslens.cache;

import java.util.Arrays;

/**
 * What becomes of the n slots of one KV head. Row 0 of the zero-class form is target -1 here.
 *
 * @param kept slots that stay under their own name, ascending; the last `window` of them are the
 *     window
 * @param target per slot: the index in `kept` of the slot it becomes part of (its own for a kept
 *     one), or -1 for the zero class: evicted [n]
 * @param weight attention mass by which slots weigh in a merge [n]
 * @param bias added to the logit of each kept slot [kept]
 * @param scores what the choice was made by
 * @param readout the head's sparsity, redundancy and attention mass
 */
public record HeadPlan(
    int[] kept,
    int window,
    int[] target,
    float[] weight,
    float[] bias,
    Scores scores,
    Readout readout) {

  /**
   * Scores per candidate (slots older than the window), for drawing; empty arrays where a policy
   * has no such score.
   *
   * @param global attention per query that could see the slot
   * @param local attention per query of the window
   * @param score what candidates were ranked by
   */
  public record Scores(float[] global, float[] local, float[] score) {
    static final Scores NONE = new Scores(new float[0], new float[0], new float[0]);
  }

  /**
   * @param needed candidates it takes to hold the share `mass` of the attention
   * @param sparsity 1 - needed / candidates
   * @param redundancy mean best similarity of the pool to a centre
   * @param keptMass share of the attention mass on kept slots (window included)
   * @param mergedMass share on merged slots
   */
  public record Readout(
      int needed, float sparsity, float redundancy, float keptMass, float mergedMass) {

    /** Share of the attention mass that was thrown away. */
    public float evictedMass() {
      return Math.max(0, 1 - keptMass - mergedMass);
    }
  }

  /** Slots before the plan. */
  public int slots() {
    return target.length;
  }

  /** Kept slots outside the window. */
  public int[] centres() {
    return Arrays.copyOf(kept, kept.length - window);
  }

  /** Whether slot j is neither kept nor evicted. */
  public boolean merges(int j) {
    return target[j] >= 0 && kept[target[j]] != j;
  }

  public int mergedCount() {
    int n = 0;
    for (int j = 0; j < target.length; j++) {
      n += merges(j) ? 1 : 0;
    }
    return n;
  }

  public int evictedCount() {
    return target.length - kept.length - mergedCount();
  }

  /** This plan for a head that has older slots besides, which go. */
  public HeadPlan after(int older) {
    if (older == 0) {
      return this;
    }
    int n = older + slots();
    int[] targets = new int[n];
    Arrays.fill(targets, 0, older, -1);
    System.arraycopy(target, 0, targets, older, target.length);
    return new HeadPlan(
        Arrays.stream(kept).map(j -> j + older).toArray(),
        window,
        targets,
        padded(weight, older),
        bias,
        new Scores(
            padded(scores.global, older), padded(scores.local, older), padded(scores.score, older)),
        readout);
  }

  private static float[] padded(float[] x, int before) {
    if (x.length == 0) {
      return x;
    }
    float[] out = new float[before + x.length];
    System.arraycopy(x, 0, out, before, x.length);
    return out;
  }

  /** A plan that keeps all of a head's slots. */
  public static HeadPlan keepAll(HeadState h) {
    int[] all = new int[h.slots()];
    for (int j = 0; j < all.length; j++) {
      all[j] = j;
    }
    float[] mass = Candidates.mass(h, h.global(true));
    return keep(all, 0, mass, h.slots(), Scores.NONE, h.slots());
  }

  /** A plan that keeps these slots and drops the rest. */
  static HeadPlan keep(int[] kept, int window, float[] mass, int slots, Scores scores, int needed) {
    int[] target = new int[slots];
    Arrays.fill(target, -1);
    for (int i = 0; i < kept.length; i++) {
      target[kept[i]] = i;
    }
    return new HeadPlan(
        kept,
        window,
        target,
        mass,
        new float[kept.length],
        scores,
        readout(target, kept, mass, window, needed, 0));
  }

  static Readout readout(
      int[] target, int[] kept, float[] mass, int window, int needed, float redundancy) {
    double all = 0;
    double own = 0;
    double merged = 0;
    for (int j = 0; j < target.length; j++) {
      all += mass[j];
      if (target[j] >= 0) {
        if (kept[target[j]] == j) {
          own += mass[j];
        } else {
          merged += mass[j];
        }
      }
    }
    int candidates = Math.max(1, target.length - window);
    double total = Math.max(all, 1e-12);
    return new Readout(
        needed,
        1 - (float) needed / candidates,
        redundancy,
        (float) (own / total),
        (float) (merged / total));
  }
}
