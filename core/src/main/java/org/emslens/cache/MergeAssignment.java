package org.emslens.cache;

import java.util.Arrays;
import java.util.stream.IntStream;
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
    int[] hosts = IntStream.range(0, centres).filter(i -> takesMembers[i]).toArray();
    for (int from = 0; from < pool.length; from += CHUNK) {
      int n = Math.min(CHUNK, pool.length - from);
      if (keys != null) {
        keys.load(head.keys(), pool, from, n);
      }
      if (values != null) {
        values.load(head.values(), pool, from, n);
      }
      for (int h = 0; h < hosts.length; h += 2) {
        int i = hosts[h];
        int also = hosts[Math.min(h + 1, hosts.length - 1)];
        Scratch similarity = similarities(keys, values, kept[i], kept[also], n);
        keepBest(similarity.out, i, best, which, from, n);
        keepBest(similarity.also, also, best, which, from, n);
      }
    }
    double sum = 0;
    for (int p = 0; p < pool.length; p++) {
      target[pool[p]] = best[p] > (float) options.tau() ? which[p] : -1;
      sum += best[p];
    }
    return (float) (sum / pool.length);
  }

  /** Of two centres with the loaded part of the pool. */
  private Scratch similarities(Scratch keys, Scratch values, int centre, int also, int n) {
    if (keys != null) {
      keys.cosines(head.keys(), centre, also, n);
    }
    if (values != null) {
      values.cosines(head.values(), centre, also, n);
    }
    if (keys != null && values != null) {
      multiply(keys.out, values.out, n);
      multiply(keys.also, values.also, n);
    }
    return keys != null ? keys : values;
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
    private final float[] also = new float[CHUNK];

    Scratch(int d) {
      this.d = d;
      units = new float[d][CHUNK];
    }

    void load(float[] rows, int[] pool, int from, int n) {
      int i = 0;
      for (; i + 4 <= d; i += 4) {
        gatherFour(rows, pool, from, i, n);
      }
      for (; i < d; i++) {
        for (int p = 0; p < n; p++) {
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

    /**
     * Four components in one walk: each array is written in order, three times as fast as by row.
     */
    private void gatherFour(float[] rows, int[] pool, int from, int i, int n) {
      float[] a = units[i];
      float[] b = units[i + 1];
      float[] c = units[i + 2];
      float[] e = units[i + 3];
      for (int p = 0; p < n; p++) {
        int at = pool[from + p] * d + i;
        a[p] = rows[at];
        b[p] = rows[at + 1];
        c[p] = rows[at + 2];
        e[p] = rows[at + 3];
      }
    }

    private static void addSquares(float[] sum, float[] x, int n) {
      for (int p = 0; p < n; p++) {
        sum[p] = Math.fma(x[p], x[p], sum[p]);
      }
    }

    /** Cosines, clamped at 0, of two slots with the pool. */
    void cosines(float[] rows, int slot, int second, int n) {
      RowProducts.products(rows, slot * d, second * d, units, out, also, n);
      scale(out, 1 / Math.max(RowProducts.norm(rows, slot * d, d), TINY), n);
      scale(also, 1 / Math.max(RowProducts.norm(rows, second * d, d), TINY), n);
    }

    private void scale(float[] products, float inverse, int n) {
      for (int p = 0; p < n; p++) {
        products[p] = Math.max(products[p] * inverse * lengths[p], 0);
      }
    }
  }
}
