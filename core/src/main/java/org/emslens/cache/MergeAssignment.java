package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.RowProducts;

/**
 * Which centre each pooled slot joins: the most similar one, unless the zero class, whose
 * similarity to everything is tau, is at least as similar. Similarity is the cosine of keys times
 * the cosine of values, each clamped at 0.
 */
final class MergeAssignment {
  private static final float TINY = 1e-12f;
  private static final int CHUNK = 512;

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
    float[] best = new float[pool.length];
    int[] which = new int[pool.length];
    Scratch keys = options.similarity() == CacheOptions.Similarity.VALUES ? null : new Scratch(d);
    Scratch values = options.similarity() == CacheOptions.Similarity.KEYS ? null : new Scratch(d);
    for (int from = 0; from < pool.length; from += CHUNK) {
      int n = Math.min(CHUNK, pool.length - from);
      if (keys != null) {
        keys.load(head.keys(), pool, from, n);
      }
      if (values != null) {
        values.load(head.values(), pool, from, n);
      }
      for (int i = 0; i < centres; i++) {
        if (takesMembers[i]) {
          float[] similarity = similarity(keys, values, kept[i], n);
          keepBest(similarity, i, best, which, from, n);
        }
      }
    }
    double sum = 0;
    for (int p = 0; p < pool.length; p++) {
      target[pool[p]] = best[p] > (float) options.tau() ? which[p] : -1;
      sum += best[p];
    }
    return (float) (sum / pool.length);
  }

  /** Of one centre with the loaded part of the pool. */
  private float[] similarity(Scratch keys, Scratch values, int centre, int n) {
    if (keys != null) {
      keys.cosines(head.keys(), centre, n);
    }
    if (values != null) {
      values.cosines(head.values(), centre, n);
    }
    if (keys != null && values != null) {
      multiply(keys.out, values.out, n);
    }
    return keys != null ? keys.out : values.out;
  }

  private static void multiply(float[] x, float[] y, int n) {
    for (int p = 0; p < n; p++) {
      x[p] *= y[p];
    }
  }

  private static void keepBest(
      float[] similarity, int centre, float[] best, int[] which, int from, int n) {
    for (int p = 0; p < n; p++) {
      if (similarity[p] > best[from + p]) {
        best[from + p] = similarity[p];
        which[from + p] = centre;
      }
    }
  }

  /**
   * Unit vectors of a part of the pool by component, small enough to stay in the processor's first
   * cache: across the pool, which is the larger side, vectorised loops are long.
   */
  private static final class Scratch {
    private final int d;
    private final float[][] units;
    private final float[] lengths = new float[CHUNK];
    private final float[] out = new float[CHUNK];

    Scratch(int d) {
      this.d = d;
      units = new float[d][CHUNK];
    }

    void load(float[] rows, int[] pool, int from, int n) {
      int p = 0;
      for (; p + 4 <= n; p += 4) {
        int a = pool[from + p] * d;
        int b = pool[from + p + 1] * d;
        int c = pool[from + p + 2] * d;
        int e = pool[from + p + 3] * d;
        for (int i = 0; i < d; i++) {
          float[] out = units[i];
          out[p] = rows[a + i];
          out[p + 1] = rows[b + i];
          out[p + 2] = rows[c + i];
          out[p + 3] = rows[e + i];
        }
      }
      for (; p < n; p++) {
        for (int i = 0; i < d; i++) {
          units[i][p] = rows[pool[from + p] * d + i];
        }
      }
      Arrays.fill(lengths, 0, n, 0);
      for (float[] component : units) {
        addSquares(lengths, component, n);
      }
      for (int q = 0; q < n; q++) {
        lengths[q] = 1 / Math.max((float) Math.sqrt(lengths[q]), TINY);
      }
    }

    private static void addSquares(float[] sum, float[] x, int n) {
      for (int p = 0; p < n; p++) {
        sum[p] = Math.fma(x[p], x[p], sum[p]);
      }
    }

    /** Cosines, clamped at 0, of one slot with the pool. */
    void cosines(float[] rows, int slot, int n) {
      RowProducts.products(rows, slot * d, units, out, n);
      float inverse = 1 / Math.max(RowProducts.norm(rows, slot * d, d), TINY);
      for (int p = 0; p < n; p++) {
        out[p] = Math.max(out[p] * inverse * lengths[p], 0);
      }
    }
  }
}
