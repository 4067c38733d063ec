package org.emslens.device.opencl;

import java.util.Arrays;

/**
 * Where the slots of all heads lie: head a has room for capacity[a] of them, the first of which is
 * slot base[a] of `total`. Keys and values may be those of a prompt, which then shares them with
 * all of its caches; they are given back with the last.
 */
final class Room {
  private final Vectors vectors;

  /** Whether it is full, and others read it too. */
  private final boolean isShared;

  private final int[] base;
  private final int[] capacity;
  private final int total;
  private final Buffer bases;
  private final Buffer capacities;
  private boolean closed;

  /** Keys, by number within a head [d][capacity], and values, by slot; and who uses them. */
  private static final class Vectors {
    private final Buffer keys;
    private final Buffer values;
    private int users;

    Vectors(Card card, long numbers) {
      keys = card.floats(numbers);
      try {
        values = card.floats(numbers);
      } catch (RuntimeException | Error e) {
        keys.close();
        throw e;
      }
    }

    synchronized Vectors use() {
      users++;
      return this;
    }

    synchronized void leave() {
      users--;
      if (users == 0) {
        keys.close();
        values.close();
      }
    }
  }

  private Room(Card card, Vectors vectors, int[] capacity, boolean isShared) {
    this.isShared = isShared;
    this.capacity = capacity.clone();
    base = new int[capacity.length];
    for (int a = 1; a < base.length; a++) {
      base[a] = Math.addExact(base[a - 1], capacity[a - 1]);
    }
    total = Math.addExact(base[base.length - 1], capacity[capacity.length - 1]);
    this.vectors = vectors.use();
    Buffer made = null;
    try {
      made = card.of(base);
      capacities = card.of(capacity);
      bases = made;
    } catch (RuntimeException | Error e) {
      vectors.leave();
      if (made != null) {
        made.close();
      }
      throw e;
    }
  }

  /** Fresh room, of this capacity in each head. */
  static Room of(Card card, int headDim, int[] capacity) {
    long slots = Arrays.stream(capacity).asLongStream().sum();
    return new Room(card, new Vectors(card, slots * headDim), capacity, false);
  }

  /** The same keys and values, for somebody else as well. */
  Room shared(Card card) {
    return new Room(card, vectors, capacity, true);
  }

  /** A copy of keys and values; of those that nobody writes to, the same ones. */
  Room copy(Card card, int headDim) {
    if (isShared) {
      return shared(card);
    }
    Room copy = of(card, headDim, capacity);
    card.copy(keys(), 0, copy.keys(), 0, keys().bytes());
    card.copy(values(), 0, copy.values(), 0, values().bytes());
    return copy;
  }

  Buffer keys() {
    return vectors.keys;
  }

  Buffer values() {
    return vectors.values;
  }

  /** Bases, for kernels. */
  Buffer bases() {
    return bases;
  }

  Buffer capacities() {
    return capacities;
  }

  /** Whether it is full, and what is in it is others' too. */
  boolean isShared() {
    return isShared;
  }

  int base(int head) {
    return base[head];
  }

  int capacity(int head) {
    return capacity[head];
  }

  int heads() {
    return base.length;
  }

  /** The largest capacity. */
  int widest() {
    return Arrays.stream(capacity).max().orElse(0);
  }

  int total() {
    return total;
  }

  void close() {
    if (!closed) {
      closed = true;
      vectors.leave();
      bases.close();
      capacities.close();
    }
  }
}
