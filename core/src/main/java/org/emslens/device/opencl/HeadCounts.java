package org.emslens.device.opencl;

import java.util.Arrays;
import org.emslens.cache.HeadPlan;

/** What is known of a head's slots without asking the card: how many, whose, seen by how many. */
final class HeadCounts {
  private static final int ROOM = 64;

  private int n;
  private int[] position;
  private int[] queries;

  /** Queries that reached all slots, which `queries` leaves out: a token costs one addition. */
  private int all;

  /**
   * A whole prompt of n tokens.
   *
   * @param reach how many positions up to its own a query reaches, or 0 for all
   */
  HeadCounts(int n, int reach) {
    this.n = n;
    position = new int[n + ROOM];
    queries = new int[n + ROOM];
    for (int j = 0; j < n; j++) {
      position[j] = j;
      queries[j] = reach == 0 ? n - j : Math.min(reach, n - j);
    }
  }

  private HeadCounts(HeadCounts of) {
    n = of.n;
    position = of.position.clone();
    queries = of.queries.clone();
    all = of.all;
  }

  HeadCounts copy() {
    return new HeadCounts(this);
  }

  int slots() {
    return n;
  }

  int[] positions() {
    return Arrays.copyOf(position, n);
  }

  int[] queries() {
    int[] seen = Arrays.copyOf(queries, n);
    for (int j = 0; j < n; j++) {
      seen[j] += all;
    }
    return seen;
  }

  int queries(int slot) {
    return queries[slot] + all;
  }

  /** A token has its slot, and attended to all that it reaches. */
  void append(int at, int reach) {
    if (n == position.length) {
      position = Arrays.copyOf(position, n + Math.max(ROOM, n / 8));
      queries = Arrays.copyOf(queries, position.length);
    }
    position[n] = at;
    queries[n] = 0;
    n++;
    if (reach == 0) {
      all++;
      queries[n - 1] -= all - 1;
      return;
    }
    for (int j = n - 1; j >= 0 && at - position[j] < reach; j--) {
      queries[j]++;
    }
  }

  /**
   * @throws IllegalArgumentException where a plan was made for another number of slots
   */
  void check(HeadPlan plan) {
    if (plan.slots() != n) {
      throw new IllegalArgumentException(
          "The plan is for " + plan.slots() + " slots; the head holds " + n + ".");
    }
  }

  void apply(HeadPlan plan) {
    int[] kept = plan.kept();
    int[] newPosition = new int[kept.length + ROOM];
    int[] newQueries = new int[kept.length + ROOM];
    for (int k = 0; k < kept.length; k++) {
      newPosition[k] = position[kept[k]];
      newQueries[k] = queries(kept[k]) - all;
    }
    position = newPosition;
    queries = newQueries;
    n = kept.length;
  }

  /**
   * Forgets all but the first slots.
   *
   * @throws IllegalStateException where it was compressed or holds fewer
   */
  void truncate(int to) {
    if (to > n || n > 0 && position[n - 1] != n - 1) {
      throw new IllegalStateException("Only a cache that was never compressed can be truncated.");
    }
    n = to;
  }
}
