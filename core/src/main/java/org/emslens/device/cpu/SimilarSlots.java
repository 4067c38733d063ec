package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.function.Supplier;
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
  private final int n;
  private final int d;

  /**
   * @param n how many slots there are
   */
  SimilarSlots(Kernels kernels, Slots slots, int n) {
    this.kernels = kernels;
    this.slots = slots;
    this.n = n;
    d = slots.headDim();
  }

  @Override
  public float[] keys() {
    return slots.keys(n);
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
  public Supplier<MostSimilar> mostSimilar(Similarity by, int[] pool, int[] centres, float floor) {
    return () -> compared(by, pool, centres, floor);
  }

  private MostSimilar compared(Similarity by, int[] pool, int[] centres, float floor) {
    int room = (pool.length + Slots.PAGE - 1) / Slots.PAGE * Slots.PAGE;
    int[] centre = new int[room];
    float[] similarity = new float[room];
    Arrays.fill(similarity, floor);
    Room own = Room.of(d);
    Cosines keys = by == Similarity.VALUES ? null : own.keys.begin(slots::key, centres);
    Cosines values = by == Similarity.KEYS ? null : own.values.begin(slots::value, centres);
    for (int from = 0; from < pool.length; from += Slots.PAGE) {
      int n = Math.min(Slots.PAGE, pool.length - from);
      if (keys != null) {
        own.keys.page(kernels, pool, from, n, this::putKey);
      }
      if (values != null) {
        own.values.page(kernels, pool, from, n, this::putValue);
      }
      kernels.keepLargest(
          keys == null ? values : keys,
          keys == null ? null : values,
          centres.length,
          floor,
          similarity,
          centre,
          from);
    }
    return new MostSimilar(
        Arrays.copyOf(centre, pool.length), Arrays.copyOf(similarity, pool.length));
  }

  private void putKey(int slot, Slots strip, int to) {
    strip.putKey(to, slots.keyPage(slot), slots.keyAt(slot), Slots.LANES);
  }

  /** Values are compared in the place of keys. */
  private void putValue(int slot, Slots strip, int to) {
    strip.putKey(to, slots.valuePage(slot), slot % Slots.PAGE * d, 1);
  }

  private interface Vectors {
    void get(int slot, float[] into, int to);
  }

  private interface Put {
    void put(int slot, Slots strip, int to);
  }

  /** What a thread works in, kept by it, since it is larger than what it computes. */
  private static final class Room {
    private static final ThreadLocal<Room> LAST = new ThreadLocal<>();

    private final int d;
    private final Side keys;
    private final Side values;

    private Room(int d) {
      this.d = d;
      keys = new Side(d);
      values = new Side(d);
    }

    static Room of(int d) {
      Room last = LAST.get();
      if (last == null || last.d != d) {
        last = new Room(d);
        LAST.set(last);
      }
      return last;
    }
  }

  /** The centres' keys or values, and those of a strip of the pool. */
  private static final class Side {
    private final int d;
    private final Slots strip;
    private final float[] stripInverses = new float[Slots.PAGE];
    private float[] vectors = {};
    private Cosines cosines;
    private int rows;

    Side(int d) {
      this.d = d;
      strip = new Slots(d, Slots.PAGE);
    }

    /** Takes the centres. Rows behind them are anything. */
    Cosines begin(Vectors all, int[] centres) {
      rows = Kernels.whole(centres.length);
      if (cosines == null || rows > cosines.rowFactors().length) {
        vectors = new float[rows * d];
        cosines = new Cosines(new float[rows * Slots.PAGE], new float[rows], stripInverses);
      }
      for (int i = 0; i < centres.length; i++) {
        all.get(centres[i], vectors, i * d);
        cosines.rowFactors()[i] = 1 / Math.max(RowProducts.norm(vectors, i * d, d), TINY);
      }
      return cosines;
    }

    /** All centres with so many slots of the pool; columns behind them are anything. */
    void page(Kernels kernels, int[] pool, int from, int n, Put put) {
      for (int c = 0; c < n; c++) {
        put.put(pool[from + c], strip, c);
      }
      kernels.inverseLengths(strip, TINY, stripInverses);
      kernels.scores(vectors, rows, strip, Slots.PAGE, cosines.products(), Slots.PAGE);
    }
  }
}
