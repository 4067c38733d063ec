package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.List;
import org.emslens.cache.CacheOptions.Similarity;
import org.emslens.cache.MostSimilar;
import org.emslens.cache.SlotVectors;
import org.emslens.math.RowProducts;

/**
 * Compares slots where they lie: a page of the pool at a time, which stays in the core's nearest
 * cache, with all centres, as queries are with keys. A pool in the order of its slots is read
 * fastest.
 */
final class SimilarSlots implements SlotVectors {
  private static final float TINY = 1e-12f;

  private final Kernels kernels;
  private final Slots slots;
  private final int d;

  SimilarSlots(Kernels kernels, Slots slots) {
    this.kernels = kernels;
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
    int room = (pool.length + Slots.PAGE - 1) / Slots.PAGE * Slots.PAGE;
    int[] centre = new int[room];
    float[] similarity = new float[room];
    Arrays.fill(similarity, floor);
    List<Cosines> cosines = cosines(by, centres, floor);
    Cosines product = cosines.getFirst();
    for (int from = 0; from < pool.length; from += Slots.PAGE) {
      for (Cosines c : cosines) {
        c.with(pool, from, Math.min(Slots.PAGE, pool.length - from));
        if (c != product) {
          multiply(product.out, c.out);
        }
      }
      kernels.keepLargest(product.out, centres.length, similarity, centre, from);
    }
    return new MostSimilar(
        Arrays.copyOf(centre, pool.length), Arrays.copyOf(similarity, pool.length));
  }

  private List<Cosines> cosines(Similarity by, int[] centres, float floor) {
    return switch (by) {
      case KEYS -> List.of(new Cosines(true, centres, floor));
      case VALUES -> List.of(new Cosines(false, centres, floor));
      case BOTH -> List.of(new Cosines(true, centres, floor), new Cosines(false, centres, floor));
    };
  }

  private static void multiply(float[] x, float[] y) {
    for (int c = 0; c < x.length; c++) {
      x[c] *= y[c];
    }
  }

  /** Cosines of the centres' keys or values with those of a strip. */
  private final class Cosines {
    private final boolean keys;
    private final float floor;

    /** Vectors of the centres [rows, d], and one over their lengths. */
    private final float[] vectors;

    private final float[] inverses;
    private final int rows;

    /** Some of the pool: their keys, or their values in the place of keys. */
    private final Slots strip = new Slots(d, Slots.PAGE);

    private final float[] stripInverses = new float[Slots.PAGE];

    /** [rows, Slots.PAGE] */
    private final float[] out;

    Cosines(boolean keys, int[] centres, float floor) {
      this.keys = keys;
      this.floor = floor;
      rows = Kernels.whole(centres.length);
      vectors = new float[rows * d];
      inverses = new float[centres.length];
      out = new float[rows * Slots.PAGE];
      for (int i = 0; i < centres.length; i++) {
        vector(centres[i], i * d);
        inverses[i] = 1 / Math.max(RowProducts.norm(vectors, i * d, d), TINY);
      }
    }

    private void vector(int slot, int to) {
      if (keys) {
        slots.key(slot, vectors, to);
      } else {
        slots.value(slot, vectors, to);
      }
    }

    /** Of all centres with so many slots of the pool; columns behind them are anything. */
    void with(int[] pool, int from, int n) {
      for (int c = 0; c < n; c++) {
        int slot = pool[from + c];
        if (keys) {
          strip.putKey(c, slots.keyPage(slot), slots.keyAt(slot), Slots.LANES);
        } else {
          strip.putKey(c, slots.valuePage(slot), slot % Slots.PAGE * d, 1);
        }
      }
      kernels.inverseLengths(strip, TINY, stripInverses);
      kernels.scores(vectors, rows, strip, Slots.PAGE, out, Slots.PAGE);
      kernels.cosines(out, inverses.length, inverses, stripInverses, floor);
    }
  }
}
