package org.emslens.cache;

import org.emslens.math.RowProducts;

/**
 * Which centre each pooled slot joins: the most similar one, unless the zero class, whose
 * similarity to everything is tau, is at least as similar. Similarity is the cosine of keys times
 * the cosine of values, each clamped at 0.
 */
final class MergeAssignment {
  private static final float TINY = 1e-12f;

  private final HeadState head;
  private final int d;
  private final CacheOptions options;

  MergeAssignment(HeadState head, int d, CacheOptions options) {
    this.head = head;
    this.d = d;
    this.options = options;
  }

  /**
   * Writes each pooled slot's class into `target`.
   *
   * @param pool slots that may join a centre
   * @param kept its first `centres` entries are the centres
   * @param target per slot, -1 on entry for the pool
   * @return mean best similarity of the pool, 0 without one
   */
  float assign(int[] pool, int[] kept, int centres, boolean[] takesMembers, int[] target) {
    if (pool.length == 0) {
      return 0;
    }
    boolean byKeys = options.similarity() != CacheOptions.Similarity.VALUES;
    boolean byValues = options.similarity() != CacheOptions.Similarity.KEYS;
    // Across the pool, which is the larger side, so that the vectorised loops are long.
    float[][] keys = byKeys ? unitsTransposed(head.keys(), pool) : null;
    float[][] values = byValues ? unitsTransposed(head.values(), pool) : null;
    float[] byKey = new float[pool.length];
    float[] byValue = new float[pool.length];
    float[] best = new float[pool.length];
    int[] which = new int[pool.length];
    for (int i = 0; i < centres; i++) {
      if (takesMembers[i]) {
        if (byKeys) {
          cosines(head.keys(), kept[i], keys, byKey);
        }
        if (byValues) {
          cosines(head.values(), kept[i], values, byValue);
        }
        if (byKeys && byValues) {
          multiply(byKey, byValue);
        }
        keepBest(byKeys ? byKey : byValue, i, best, which);
      }
    }
    double sum = 0;
    for (int p = 0; p < pool.length; p++) {
      target[pool[p]] = best[p] > (float) options.tau() ? which[p] : -1;
      sum += best[p];
    }
    return (float) (sum / pool.length);
  }

  private static void multiply(float[] x, float[] y) {
    for (int p = 0; p < x.length; p++) {
      x[p] *= y[p];
    }
  }

  private static void keepBest(float[] similarity, int centre, float[] best, int[] which) {
    for (int p = 0; p < best.length; p++) {
      if (similarity[p] > best[p]) {
        best[p] = similarity[p];
        which[p] = centre;
      }
    }
  }

  /** Cosines, clamped at 0, of one slot with the pool. */
  private void cosines(float[] rows, int slot, float[][] units, float[] out) {
    RowProducts.products(rows, slot * d, units, out, out.length);
    float inverse = 1 / Math.max(RowProducts.norm(rows, slot * d, d), TINY);
    for (int p = 0; p < out.length; p++) {
      out[p] = Math.max(out[p] * inverse, 0);
    }
  }

  /** Unit vectors of the pool, [d][pool]. */
  private float[][] unitsTransposed(float[] rows, int[] pool) {
    float[][] out = RowProducts.transpose(rows, pool, pool.length, d);
    for (int p = 0; p < pool.length; p++) {
      float inverse = 1 / Math.max(RowProducts.norm(rows, pool[p] * d, d), TINY);
      for (int i = 0; i < d; i++) {
        out[i][p] *= inverse;
      }
    }
    return out;
  }
}
