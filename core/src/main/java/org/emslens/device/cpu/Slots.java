package org.emslens.device.cpu;

import java.util.Arrays;
import org.emslens.cache.Precision;

/**
 * Keys and values of one KV head, in pages of {@link #PAGE} slots that copies share until they
 * write them. Keys lie in tiles of {@link #LANES} slots, component by component, so that a vector
 * of slots is read at once; values lie slot by slot, since they are added up whole.
 */
final class Slots {
  static final int PAGE = 64;
  static final int LANES = 16;

  private final int d;
  private float[][] keys;
  private float[][] values;

  /** Whether a page is this object's alone. */
  private boolean[] own;

  /** Room for so many slots; more is made as they come. */
  Slots(int d, int capacity) {
    this.d = d;
    int pages = (capacity + PAGE - 1) / PAGE;
    keys = new float[pages][PAGE * d];
    values = new float[pages][PAGE * d];
    own = new boolean[pages];
    Arrays.fill(own, true);
  }

  private Slots(Slots o) {
    d = o.d;
    keys = o.keys.clone();
    values = o.values.clone();
    own = new boolean[keys.length];
  }

  /** The same slots, page by page shared; from now on neither writes a page that the other has. */
  Slots copy() {
    Arrays.fill(own, false);
    return new Slots(this);
  }

  /** The same, with room for so many in all: pages that several threads then fill at once. */
  Slots copy(int capacity) {
    Slots copy = copy();
    int pages = (capacity + PAGE - 1) / PAGE;
    int shared = copy.keys.length;
    copy.keys = Arrays.copyOf(copy.keys, pages);
    copy.values = Arrays.copyOf(copy.values, pages);
    copy.own = Arrays.copyOf(copy.own, pages);
    for (int page = shared - 1; page < pages; page++) {
      copy.makeOwn(page);
    }
    return copy;
  }

  int headDim() {
    return d;
  }

  /** Place of a slot's first component in its page of keys; the next ones are LANES apart. */
  int keyAt(int slot) {
    int within = slot % PAGE;
    return within / LANES * LANES * d + within % LANES;
  }

  /** The page of keys of a slot: tiles of [d, LANES]. Not to be written. */
  float[] keyPage(int slot) {
    return keys[slot / PAGE];
  }

  /** The page of values of a slot [PAGE, d]. Not to be written. */
  float[] valuePage(int slot) {
    return values[slot / PAGE];
  }

  /** Sets a slot. Safe from several threads for slots that there is room for. */
  void put(int slot, float[] key, int keyFrom, float[] value, int valueFrom) {
    int page = slot / PAGE;
    makeOwn(page);
    putKey(slot, key, keyFrom, 1);
    System.arraycopy(value, valueFrom, values[page], slot % PAGE * d, d);
  }

  /**
   * Sets the key alone of a slot whose page is this object's own.
   *
   * @param apart how far its components lie from each other
   */
  void putKey(int slot, float[] from, int at, int apart) {
    float[] k = keyPage(slot);
    int to = keyAt(slot);
    for (int i = 0; i < d; i++) {
      k[to + i * LANES] = from[at + i * apart];
    }
  }

  private void makeOwn(int page) {
    if (page >= keys.length) {
      int pages = page + 1;
      keys = Arrays.copyOf(keys, pages);
      values = Arrays.copyOf(values, pages);
      own = Arrays.copyOf(own, pages);
      keys[page] = new float[PAGE * d];
      values[page] = new float[PAGE * d];
    } else if (keys[page] == null) {
      keys[page] = new float[PAGE * d];
      values[page] = new float[PAGE * d];
    } else if (!own[page]) {
      keys[page] = keys[page].clone();
      values[page] = values[page].clone();
    }
    own[page] = true;
  }

  void key(int slot, float[] into, int to) {
    float[] k = keyPage(slot);
    for (int i = 0, at = keyAt(slot); i < d; i++, at += LANES) {
      into[to + i] = k[at];
    }
  }

  void value(int slot, float[] into, int to) {
    System.arraycopy(valuePage(slot), slot % PAGE * d, into, to, d);
  }

  /** Rounds the slots `from` to `to` - 1; see {@link org.emslens.device.CacheMemory#round}. */
  void round(Precision precision, int from, int to) {
    float[] channel = new float[Precision.GROUP];
    for (int start = from; start < to; start += Precision.GROUP) {
      int n = Math.min(Precision.GROUP, to - start);
      makeOwn(start / PAGE);
      makeOwn((start + n - 1) / PAGE);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < n; j++) {
          channel[j] = keyPage(start + j)[keyAt(start + j) + i * LANES];
        }
        precision.round(channel, 0, 1, n);
        for (int j = 0; j < n; j++) {
          keyPage(start + j)[keyAt(start + j) + i * LANES] = channel[j];
        }
      }
      for (int j = start; j < start + n; j++) {
        for (int i = 0; i < d; i += Precision.GROUP) {
          int at = j % PAGE * d + i;
          precision.round(valuePage(j), at, 1, Math.min(Precision.GROUP, d - i));
        }
      }
    }
  }

  /** A copy of the first n keys [n, d]. */
  float[] keys(int n) {
    float[] out = new float[n * d];
    for (int j = 0; j < n; j++) {
      key(j, out, j * d);
    }
    return out;
  }

  /** A copy of the first n values [n, d]. */
  float[] values(int n) {
    float[] out = new float[n * d];
    for (int j = 0; j < n; j++) {
      value(j, out, j * d);
    }
    return out;
  }

  /** Slots of a whole prompt. */
  static Slots of(int d, float[] keys, float[] values) {
    int n = keys.length / d;
    Slots s = new Slots(d, n);
    for (int j = 0; j < n; j++) {
      s.put(j, keys, j * d, values, j * d);
    }
    return s;
  }
}
