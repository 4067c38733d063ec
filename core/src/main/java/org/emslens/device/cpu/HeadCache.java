package org.emslens.device.cpu;

import java.util.Arrays;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadState;
import org.emslens.math.RowProducts;

/**
 * The slots of one KV head, in ascending order of position, with the attention statistics that
 * policies score by.
 */
final class HeadCache {
  private static final float TINY = 1e-12f;
  private static final int ROOM = 64;

  private final int d;
  private final int reach;

  /**
   * Attention of the last queries, a ring; rows never change, so copies share them, and end where
   * the last slot of their time was.
   */
  private final float[][] rows;

  private int nextRow;
  private int n;
  private Slots slots;
  private float[] received;
  private int[] queries;
  private int[] position;
  private float[] bias;
  private boolean biased;

  /**
   * A whole prompt of n tokens, each in its own slot.
   *
   * @param slots shared until something is appended
   * @param reach how many positions up to its own a query reaches, or 0 for all
   * @param sums attention received by each token, summed over all queries [n]
   * @param lastRows attention of the last queries, oldest first [..][n]
   * @param window how many of the last queries' attention rows are remembered
   */
  HeadCache(Slots slots, int reach, int window, float[] sums, float[][] lastRows) {
    d = slots.headDim();
    this.reach = reach;
    n = sums.length;
    this.slots = slots.copy();
    rows = new float[window][0];
    received = sums.clone();
    queries = new int[n];
    position = new int[n];
    bias = new float[n];
    for (int j = 0; j < n; j++) {
      queries[j] = reach == 0 ? n - j : Math.min(reach, n - j);
      position[j] = j;
    }
    int used = Math.min(lastRows.length, window);
    for (int i = 0; i < used; i++) {
      rows[i] = lastRows[lastRows.length - used + i];
    }
    nextRow = used % window;
  }

  private HeadCache(HeadCache o) {
    d = o.d;
    reach = o.reach;
    rows = o.rows.clone();
    nextRow = o.nextRow;
    n = o.n;
    slots = o.slots.copy();
    received = o.received.clone();
    queries = o.queries.clone();
    position = o.position.clone();
    bias = o.bias.clone();
    biased = o.biased;
  }

  HeadCache copy() {
    return new HeadCache(this);
  }

  int size() {
    return n;
  }

  Slots slots() {
    return slots;
  }

  /** Logit bias per slot, or null where all are 0. Not to be written. */
  float[] bias() {
    return biased ? bias : null;
  }

  /** A copy of the biases [slots]. */
  float[] biases() {
    return Arrays.copyOf(bias, n);
  }

  /** Appends the key and value of the token at this position; nothing has attended to it yet. */
  void append(float[] from, int keyFrom, int valueFrom, int at) {
    if (n == position.length) {
      grow(n + Math.max(ROOM, n / 8));
    }
    slots.put(n, from, keyFrom, from, valueFrom);
    received[n] = 0;
    queries[n] = 0;
    position[n] = at;
    bias[n] = 0;
    n++;
  }

  /**
   * Takes in what one query attended to.
   *
   * @param probabilities over all slots, averaged over the group's query heads [slots]; kept
   */
  void attend(float[] probabilities) {
    rows[nextRow] = probabilities;
    nextRow = (nextRow + 1) % rows.length;
    for (int j = firstReached(); j < n; j++) {
      received[j] += probabilities[j];
      queries[j]++;
    }
  }

  /** The first slot that the newest token reaches; all after it are reached as well. */
  int firstReached() {
    int j = 0;
    while (reach > 0 && position[n - 1] - position[j] >= reach) {
      j++;
    }
    return j;
  }

  HeadState state(Kernels kernels) {
    float[] local = new float[n];
    for (float[] row : rows) {
      RowProducts.addScaled(local, row, 1, Math.min(n, row.length));
    }
    for (int j = 0; j < n; j++) {
      local[j] /= rows.length;
    }
    return new HeadState(
        n, received, queries, local, newest(), position, new SimilarSlots(kernels, slots, n));
  }

  /** Attention of the newest query [slots]. */
  private float[] newest() {
    return Arrays.copyOf(rows[(nextRow + rows.length - 1) % rows.length], n);
  }

  void apply(Kernels kernels, HeadPlan plan, CacheOptions.MergeKeys mergeKeys) {
    if (plan.slots() != n) {
      throw new IllegalArgumentException(
          "The plan is for " + plan.slots() + " slots; the head holds " + n + ".");
    }
    Slots merged = merged(kernels, plan, mergeKeys == CacheOptions.MergeKeys.DIRECTION);
    keepStatistics(plan, plan.kept().length + ROOM);
    slots = merged;
    n = plan.kept().length;
  }

  /** The kept slots, with the weighted means of merged ones, centres included, in their places. */
  private Slots merged(Kernels kernels, HeadPlan plan, boolean directions) {
    int[] kept = plan.kept();
    Slots into = new Slots(d, kept.length);
    boolean[] host = hosts(plan);
    float[] sums = classWeights(plan);
    float[] direction = new float[directions ? kept.length * d : 0];
    float[] key = new float[d];
    for (int j = 0; j < n; j++) {
      int k = plan.target()[j];
      if (k >= 0 && host[k]) {
        float w = sums[k] > 0 ? plan.weight()[j] / sums[k] : 1f / -sums[k];
        kernels.add(
            w, slots.valuePage(j), j % Slots.PAGE * d, into.valuePage(k), k % Slots.PAGE * d, d);
        if (directions) {
          slots.key(j, key, 0);
          float norm = Math.max(RowProducts.norm(key, 0, d), TINY);
          kernels.add(w / norm, key, 0, direction, k * d, d);
        }
      }
    }
    for (int k = 0; k < host.length; k++) {
      int j = kept[k];
      if (host[k] && directions) {
        slots.key(j, key, 0);
        turn(key, direction, k * d);
        into.putKey(k, key, 0, 1);
      } else {
        into.putKey(k, slots.keyPage(j), slots.keyAt(j), Slots.LANES);
      }
      if (!host[k]) {
        slots.value(j, into.valuePage(k), k % Slots.PAGE * d);
      }
    }
    return into;
  }

  private static boolean[] hosts(HeadPlan plan) {
    boolean[] host = new boolean[plan.kept().length];
    for (int j = 0; j < plan.slots(); j++) {
      if (plan.merges(j)) {
        host[plan.target()[j]] = true;
      }
    }
    return host;
  }

  /** Sum of the weights of each class; where all are 0, minus the number of its slots. */
  private static float[] classWeights(HeadPlan plan) {
    float[] sums = new float[plan.kept().length];
    int[] counts = new int[sums.length];
    for (int j = 0; j < plan.slots(); j++) {
      int k = plan.target()[j];
      if (k >= 0) {
        sums[k] += plan.weight()[j];
        counts[k]++;
      }
    }
    for (int k = 0; k < sums.length; k++) {
      sums[k] = sums[k] > 0 ? sums[k] : -counts[k];
    }
    return sums;
  }

  /** Gives a key the direction from `at` on and leaves its length. */
  private void turn(float[] key, float[] direction, int at) {
    float norm = RowProducts.norm(direction, at, d);
    if (norm >= TINY) {
      float scale = RowProducts.norm(key, 0, d) / norm;
      for (int i = 0; i < d; i++) {
        key[i] = direction[at + i] * scale;
      }
    }
  }

  /**
   * Sums, queries, positions, biases and columns of the kept slots; members' attention adds into
   * their centre's.
   */
  private void keepStatistics(HeadPlan plan, int capacity) {
    int[] kept = plan.kept();
    float[] newReceived = new float[capacity];
    int[] newQueries = new int[capacity];
    int[] newPosition = new int[capacity];
    float[] newBias = new float[capacity];
    for (int i = 0; i < kept.length; i++) {
      int j = kept[i];
      newReceived[i] = received[j];
      newQueries[i] = queries[j];
      newPosition[i] = position[j];
      newBias[i] = bias[j] + plan.bias()[i];
      biased |= newBias[i] != 0;
    }
    int[] staying = new int[n];
    int[] places = new int[n];
    int many = 0;
    for (int j = 0; j < n; j++) {
      int k = plan.target()[j];
      if (k >= 0) {
        if (kept[k] != j) {
          newReceived[k] += received[j] / Math.max(1, queries[j]) * newQueries[k];
        }
        staying[many] = j;
        places[many++] = k;
      }
    }
    for (int r = 0; r < rows.length; r++) {
      rows[r] = joined(rows[r], staying, places, many, kept.length);
    }
    received = newReceived;
    queries = newQueries;
    position = newPosition;
    bias = newBias;
  }

  /** A row of attention, each slot's added to that of the slot it becomes part of. */
  private static float[] joined(float[] row, int[] staying, int[] places, int many, int kept) {
    float[] joined = new float[kept];
    for (int i = 0; i < many && staying[i] < row.length; i++) {
      joined[places[i]] += row[staying[i]];
    }
    return joined;
  }

  void truncate(int to) {
    if (to > n || n > 0 && position[n - 1] != n - 1) {
      throw new IllegalStateException("Only a cache that was never compressed can be truncated.");
    }
    n = to;
    for (int r = 0; r < rows.length; r++) {
      rows[r] = Arrays.copyOf(rows[r], Math.min(n, rows[r].length));
    }
  }

  private void grow(int capacity) {
    received = Arrays.copyOf(received, capacity);
    queries = Arrays.copyOf(queries, capacity);
    position = Arrays.copyOf(position, capacity);
    bias = Arrays.copyOf(bias, capacity);
  }
}
