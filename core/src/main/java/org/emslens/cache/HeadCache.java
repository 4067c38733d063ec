package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.RowProducts;

/**
 * The slots of one KV head, in ascending order of position, with the attention statistics that
 * policies score by.
 */
public final class HeadCache {
  private static final float TINY = 1e-12f;

  private final int d;
  private final float[][] rows;
  private int nextRow;
  private int n;
  private float[] keys;
  private float[][] keysTransposed;
  private float[] values;
  private float[] received;
  private int[] queries;
  private int[] position;
  private float[] bias;
  private boolean biased;

  /**
   * @param window how many of the last queries' attention rows are remembered
   */
  HeadCache(int d, int window, int capacity) {
    this.d = d;
    this.rows = new float[window][capacity];
    this.keys = new float[capacity * d];
    this.keysTransposed = new float[d][capacity];
    this.values = new float[capacity * d];
    this.received = new float[capacity];
    this.queries = new int[capacity];
    this.position = new int[capacity];
    this.bias = new float[capacity];
  }

  private HeadCache(HeadCache o) {
    d = o.d;
    rows = new float[o.rows.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = o.rows[i].clone();
    }
    nextRow = o.nextRow;
    n = o.n;
    keys = o.keys.clone();
    keysTransposed = new float[d][];
    for (int i = 0; i < d; i++) {
      keysTransposed[i] = o.keysTransposed[i].clone();
    }
    values = o.values.clone();
    received = o.received.clone();
    queries = o.queries.clone();
    position = o.position.clone();
    bias = o.bias.clone();
    biased = o.biased;
  }

  HeadCache copy() {
    return new HeadCache(this);
  }

  public int slots() {
    return n;
  }

  /** Keys [slots, d], row-major; the array is longer. Not to be written. */
  public float[] keys() {
    return keys;
  }

  /**
   * The same keys by component [d, slots], for products that the compiler vectorises. Not to be
   * written.
   */
  public float[][] keysTransposed() {
    return keysTransposed;
  }

  /** Values [slots, d], row-major; the array is longer. Not to be written. */
  public float[] values() {
    return values;
  }

  /** Logit bias per slot, or null where all are 0. Not to be written. */
  public float[] bias() {
    return biased ? bias : null;
  }

  /** Appends the key and value of the token at this position; nothing has attended to it yet. */
  public void append(float[] key, int keyFrom, float[] value, int valueFrom, int at) {
    if (n == position.length) {
      grow();
    }
    System.arraycopy(key, keyFrom, keys, n * d, d);
    transpose(n);
    System.arraycopy(value, valueFrom, values, n * d, d);
    received[n] = 0;
    queries[n] = 0;
    position[n] = at;
    bias[n] = 0;
    n++;
  }

  /**
   * Takes in what one query attended to: probabilities over the slots, averaged over the group's
   * query heads.
   */
  public void attend(float[] probabilities) {
    float[] row = rows[nextRow];
    nextRow = (nextRow + 1) % rows.length;
    System.arraycopy(probabilities, 0, row, 0, n);
    Arrays.fill(row, n, row.length, 0);
    for (int j = 0; j < n; j++) {
      received[j] += probabilities[j];
      queries[j]++;
    }
  }

  /**
   * Sets the statistics that a prefill gathered: sums over all its queries, and the rows of the
   * last of them, oldest first.
   */
  void statistics(
      float[] sums, int from, float[] lastRows, int rowsFrom, int rowCount, int stride) {
    System.arraycopy(sums, from, received, 0, n);
    for (int j = 0; j < n; j++) {
      queries[j] = n - j;
    }
    int used = Math.min(rowCount, rows.length);
    for (int i = 0; i < used; i++) {
      int source = rowsFrom + (rowCount - used + i) * stride;
      System.arraycopy(lastRows, source, rows[i], 0, n);
    }
    nextRow = used % rows.length;
  }

  HeadState state() {
    float[] local = new float[n];
    for (float[] row : rows) {
      for (int j = 0; j < n; j++) {
        local[j] += row[j];
      }
    }
    for (int j = 0; j < n; j++) {
      local[j] /= rows.length;
    }
    return new HeadState(n, keys, values, received, queries, local, position);
  }

  /** Attention of the newest query [slots]. */
  float[] newest() {
    return Arrays.copyOf(rows[(nextRow + rows.length - 1) % rows.length], n);
  }

  /**
   * Executes a plan in its zero-class form: every slot adds its weighted value (and unit key) to
   * its class, classes are normalised, the zero class is dropped.
   */
  void apply(HeadPlan plan, CacheOptions.MergeKeys mergeKeys) {
    if (plan.slots() != n) {
      throw new IllegalArgumentException(
          "The plan is for " + plan.slots() + " slots; the head holds " + n + ".");
    }
    int[] kept = plan.kept();
    boolean[] host = hosts(plan);
    merge(plan, host, mergeKeys);
    for (int i = 0; i < kept.length; i++) {
      int j = kept[i];
      System.arraycopy(keys, j * d, keys, i * d, d);
      System.arraycopy(values, j * d, values, i * d, d);
      received[i] = received[j];
      queries[i] = queries[j];
      position[i] = position[j];
      bias[i] = bias[j] + plan.bias()[i];
      biased |= bias[i] != 0;
      for (float[] row : rows) {
        row[i] = row[j];
      }
    }
    n = kept.length;
    for (int i = 0; i < n; i++) {
      transpose(i);
    }
    for (float[] row : rows) {
      Arrays.fill(row, n, row.length, 0);
    }
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

  /** Adds the members of every host into the host's own slot. */
  private void merge(HeadPlan plan, boolean[] host, CacheOptions.MergeKeys mergeKeys) {
    int classes = plan.kept().length;
    float[] sums = classWeights(plan);
    boolean directions = mergeKeys == CacheOptions.MergeKeys.DIRECTION;
    float[] value = new float[classes * d];
    float[] direction = directions ? new float[classes * d] : null;
    for (int j = 0; j < n; j++) {
      int k = plan.target()[j];
      if (k >= 0 && host[k]) {
        float w = sums[k] > 0 ? plan.weight()[j] / sums[k] : 1f / -sums[k];
        addScaled(value, k * d, w, values, j * d);
        if (directions) {
          float norm = Math.max(RowProducts.norm(keys, j * d, d), TINY);
          addScaled(direction, k * d, w / norm, keys, j * d);
        }
        int centre = plan.kept()[k];
        if (j != centre) {
          received[centre] += received[j] / Math.max(1, queries[j]) * queries[centre];
          for (float[] row : rows) {
            row[centre] += row[j];
          }
        }
      }
    }
    for (int k = 0; k < classes; k++) {
      if (host[k]) {
        int centre = plan.kept()[k] * d;
        System.arraycopy(value, k * d, values, centre, d);
        if (directions) {
          turn(centre, direction, k * d);
        }
      }
    }
  }

  /** Sum of the weights of each class; where all are 0, minus the number of its slots. */
  private float[] classWeights(HeadPlan plan) {
    float[] sums = new float[plan.kept().length];
    int[] counts = new int[sums.length];
    for (int j = 0; j < n; j++) {
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

  /** Gives the key at `at` another direction and its old length. */
  private void turn(int at, float[] direction, int from) {
    float norm = RowProducts.norm(direction, from, d);
    if (norm >= TINY) {
      float scale = RowProducts.norm(keys, at, d) / norm;
      for (int i = 0; i < d; i++) {
        keys[at + i] = direction[from + i] * scale;
      }
    }
  }

  private void addScaled(float[] out, int to, float w, float[] rows, int from) {
    for (int i = 0; i < d; i++) {
      out[to + i] += w * rows[from + i];
    }
  }

  void truncate(int slots) {
    if (slots > n || n > 0 && position[n - 1] != n - 1) {
      throw new IllegalStateException("Only a cache that was never compressed can be truncated.");
    }
    n = slots;
  }

  private void transpose(int slot) {
    for (int i = 0; i < d; i++) {
      keysTransposed[i][slot] = keys[slot * d + i];
    }
  }

  private void grow() {
    int capacity = n + Math.max(64, n / 4);
    keys = Arrays.copyOf(keys, capacity * d);
    for (int i = 0; i < d; i++) {
      keysTransposed[i] = Arrays.copyOf(keysTransposed[i], capacity);
    }
    values = Arrays.copyOf(values, capacity * d);
    received = Arrays.copyOf(received, capacity);
    queries = Arrays.copyOf(queries, capacity);
    position = Arrays.copyOf(position, capacity);
    bias = Arrays.copyOf(bias, capacity);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOf(rows[i], capacity);
    }
  }
}
