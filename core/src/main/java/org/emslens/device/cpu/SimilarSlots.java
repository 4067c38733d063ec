package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.List;
import org.emslens.cache.CacheOptions.Similarity;
import org.emslens.cache.MostSimilar;
import org.emslens.cache.SlotVectors;
import org.emslens.math.RowProducts;

/** Compares slots where they lie. */
final class SimilarSlots implements SlotVectors {
  private static final float TINY = 1e-12f;
  private static final int CHUNK = 512;

  private final Slots slots;
  private final int d;

  SimilarSlots(Slots slots) {
    this.slots = slots;
    d = slots.headDim();
  }

  @Override
  public float[] valueNorms(int[] some) {
    float[] norms = new float[some.length];
    for (int i = 0; i < some.length; i++) {
      norms[i] = RowProducts.norm(slots.valuePage(some[i]), some[i] % Slots.PAGE * d, d);
    }
    return norms;
  }

  @Override
  public MostSimilar mostSimilar(Similarity by, int[] pool, int[] centres, float floor) {
    int[] centre = new int[pool.length];
    float[] similarity = new float[pool.length];
    Arrays.fill(similarity, floor);
    List<Cosines> cosines = cosines(by, floor);
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

  private List<Cosines> cosines(Similarity by, float floor) {
    return switch (by) {
      case KEYS -> List.of(new Cosines(true, floor));
      case VALUES -> List.of(new Cosines(false, floor));
      case BOTH -> List.of(new Cosines(true, floor), new Cosines(false, floor));
    };
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
  private final class Cosines {
    private final boolean keys;
    private final float floor;
    private final float[][] components = new float[d][CHUNK];
    private final float[][] pages = new float[CHUNK][];
    private final int[] places = new int[CHUNK];
    private final float[] inverses = new float[CHUNK];
    private final float[] out = new float[CHUNK];
    private final float[] also = new float[CHUNK];
    private final float[] pair = new float[2 * d];

    Cosines(boolean keys, float floor) {
      this.keys = keys;
      this.floor = floor;
    }

    void load(int[] pool, int from, int n) {
      for (int p = 0; p < n; p++) {
        int slot = pool[from + p];
        pages[p] = keys ? slots.keyPage(slot) : slots.valuePage(slot);
        places[p] = keys ? slots.keyAt(slot) : slot % Slots.PAGE * d;
      }
      int apart = keys ? Slots.LANES : 1;
      int i = 0;
      for (; i + 4 <= d; i += 4) {
        gatherFour(i, apart, n);
      }
      for (; i < d; i++) {
        for (int p = 0; p < n; p++) {
          components[i][p] = pages[p][places[p] + i * apart];
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
     * Four components in one walk: each array is written in order, three times as fast as by slot.
     */
    private void gatherFour(int i, int apart, int n) {
      float[] a = components[i];
      float[] b = components[i + 1];
      float[] c = components[i + 2];
      float[] e = components[i + 3];
      for (int p = 0; p < n; p++) {
        float[] page = pages[p];
        int at = places[p] + i * apart;
        a[p] = page[at];
        b[p] = page[at + apart];
        c[p] = page[at + 2 * apart];
        e[p] = page[at + 3 * apart];
      }
    }

    private static void addSquares(float[] sum, float[] x, int n) {
      for (int p = 0; p < n; p++) {
        sum[p] = Math.fma(x[p], x[p], sum[p]);
      }
    }

    /** Of two slots with the loaded part. */
    void with(int slot, int second, int n) {
      vector(slot, 0);
      vector(second, d);
      RowProducts.products(pair, 0, d, components, out, also, n);
      scale(out, 0, n);
      scale(also, d, n);
    }

    private void vector(int slot, int to) {
      if (keys) {
        slots.key(slot, pair, to);
      } else {
        slots.value(slot, pair, to);
      }
    }

    private void scale(float[] products, int at, int n) {
      float inverse = 1 / Math.max(RowProducts.norm(pair, at, d), TINY);
      for (int p = 0; p < n; p++) {
        products[p] = Math.max(products[p] * inverse * inverses[p], floor);
      }
    }
  }
}
