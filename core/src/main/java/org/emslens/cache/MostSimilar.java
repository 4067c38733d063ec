package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import org.emslens.math.RowProducts;

/**
 * Which of some centres each slot of a pool resembles most, by cosine.
 *
 * @param centre per slot of the pool, an index into the centres [pool]
 * @param similarity to it, at least the floor [pool]
 */
record MostSimilar(int[] centre, float[] similarity) {
  private static final float TINY = 1e-12f;
  private static final int CHUNK = 512;

  /**
   * Similarity is the product of the cosines of several vectors that each slot has.
   *
   * @param vectors keys, values, or both, each [slots, d]
   * @param floor what a cosine counts as at least: 0, or -1 for a single one as it is
   */
  static MostSimilar of(List<float[]> vectors, int d, int[] pool, int[] centres, float floor) {
    int[] centre = new int[pool.length];
    float[] similarity = new float[pool.length];
    Arrays.fill(similarity, floor);
    List<Cosines> cosines = vectors.stream().map(v -> new Cosines(v, d, floor)).toList();
    Cosines product = cosines.getFirst();
    for (int from = 0; from < pool.length; from += CHUNK) {
      int n = Math.min(CHUNK, pool.length - from);
      for (Cosines c : cosines) {
        c.load(pool, from, n);
      }
      // Two at a time; an odd last one keeps itself company.
      for (int i = 0; i < centres.length; i += 2) {
        int also = Math.min(i + 1, centres.length - 1);
        for (Cosines c : cosines) {
          c.with(centres[i], centres[also], n);
          if (c != product) {
            multiply(product.out, c.out, n);
            multiply(product.also, c.also, n);
          }
        }
        keepBest(product.out, i, similarity, centre, from, n);
        keepBest(product.also, also, similarity, centre, from, n);
      }
    }
    return new MostSimilar(centre, similarity);
  }

  private static void multiply(float[] x, float[] y, int n) {
    for (int p = 0; p < n; p++) {
      x[p] *= y[p];
    }
  }

  private static void keepBest(float[] x, int i, float[] best, int[] which, int from, int n) {
    for (int p = 0; p < n; p++) {
      if (x[p] > best[from + p]) {
        best[from + p] = x[p];
        which[from + p] = i;
      }
    }
  }

  /**
   * A part of the pool's vectors by component, small enough to stay in the core's own cache: across
   * the pool, which is the larger side, vectorised loops are long.
   */
  private static final class Cosines {
    private final float[] rows;
    private final int d;
    private final float floor;
    private final float[][] components;
    private final float[] inverses = new float[CHUNK];
    private final float[] out = new float[CHUNK];
    private final float[] also = new float[CHUNK];

    Cosines(float[] rows, int d, float floor) {
      this.rows = rows;
      this.d = d;
      this.floor = floor;
      components = new float[d][CHUNK];
    }

    void load(int[] pool, int from, int n) {
      int i = 0;
      for (; i + 4 <= d; i += 4) {
        gatherFour(pool, from, i, n);
      }
      for (; i < d; i++) {
        for (int p = 0; p < n; p++) {
          components[i][p] = rows[pool[from + p] * d + i];
        }
      }
      Arrays.fill(inverses, 0, n, 0);
      for (float[] component : components) {
        addSquares(inverses, component, n);
      }
      for (int p = 0; p < n; p++) {
        inverses[p] = 1 / Math.max((float) Math.sqrt(inverses[p]), TINY);
      }
    }

    /**
     * Four components in one walk: each array is written in order, three times as fast as by row.
     */
    private void gatherFour(int[] pool, int from, int i, int n) {
      float[] a = components[i];
      float[] b = components[i + 1];
      float[] c = components[i + 2];
      float[] e = components[i + 3];
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

    /** Of two slots with the loaded part. */
    void with(int slot, int second, int n) {
      RowProducts.products(rows, slot * d, second * d, components, out, also, n);
      scale(out, slot, n);
      scale(also, second, n);
    }

    private void scale(float[] products, int slot, int n) {
      float inverse = 1 / Math.max(RowProducts.norm(rows, slot * d, d), TINY);
      for (int p = 0; p < n; p++) {
        products[p] = Math.max(products[p] * inverse * inverses[p], floor);
      }
    }
  }
}
