package org.emslens.cache;

import java.util.Arrays;
import org.emslens.math.RowProducts;

/**
 * The slots of one KV head, in ascending order of position, with the attention statistics that
 * policies score by.
 */
public final class HeadCache {
  private static final float TINY = 1e-12f;
  private static final int ROOM = 64;

  private final int d;
  private final float[][] rows;
  private int nextRow;
  private int n;
  private float[] keys;
  private float[] values;

  /** Whether keys and values are somebody else's, to be copied before they are written. */
  private boolean shared;

  /**
   * Keys by component, made with the first append: all query heads of the group then read them at
   * once.
   */
  private float[][] keysTransposed;

  private float[] received;
  private int[] queries;
  private int[] position;
  private float[] bias;
  private boolean biased;

  /**
   * A whole prefill: n tokens, each in its own slot.
   *
   * @param keys [n, d], shared with the caller until something is appended; likewise values
   * @param sums attention received by each token, summed over all queries, from `sumsFrom` on
   * @param lastRows attention of the last `rowCount` queries, oldest first, from `rowsFrom` on
   *     [rowCount, n]
   * @param window how many of the last queries' attention rows are remembered
   */
  HeadCache(
      int d,
      int window,
      int n,
      float[] keys,
      float[] values,
      float[] sums,
      int sumsFrom,
      float[] lastRows,
      int rowsFrom,
      int rowCount) {
    this.d = d;
    this.n = n;
    this.keys = keys;
    this.values = values;
    this.shared = true;
    this.rows = new float[window][n];
    this.received = Arrays.copyOfRange(sums, sumsFrom, sumsFrom + n);
    this.queries = new int[n];
    this.position = new int[n];
    this.bias = new float[n];
    for (int j = 0; j < n; j++) {
      queries[j] = n - j;
      position[j] = j;
    }
    int used = Math.min(rowCount, window);
    for (int i = 0; i < used; i++) {
      System.arraycopy(lastRows, rowsFrom + (rowCount - used + i) * n, rows[i], 0, n);
    }
    nextRow = used % window;
  }

  private HeadCache(HeadCache o) {
    d = o.d;
    rows = new float[o.rows.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = o.rows[i].clone();
    }
    nextRow = o.nextRow;
    n = o.n;
    keys = o.shared ? o.keys : o.keys.clone();
    values = o.shared ? o.values : o.values.clone();
    shared = o.shared;
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

  /** Keys [slots, d], row-major; the array may be longer. Not to be written. */
  public float[] keys() {
    return keys;
  }

  /**
   * The same by component [d, slots], for products that the compiler vectorises. Not to be written.
   */
  public float[][] keysTransposed() {
    return keysTransposed;
  }

  /** Values [slots, d], row-major; the array may be longer. Not to be written. */
  public float[] values() {
    return values;
  }

  /** Logit bias per slot, or null where all are 0. Not to be written. */
  public float[] bias() {
    return biased ? bias : null;
  }

  /** Appends the key and value of the token at this position; nothing has attended to it yet. */
  public void append(float[] key, int keyFrom, float[] value, int valueFrom, int at) {
    if (n == position.length || shared) {
      grow(Math.max(position.length, n + Math.max(ROOM, n / 8)));
    }
    System.arraycopy(key, keyFrom, keys, n * d, d);
    System.arraycopy(value, valueFrom, values, n * d, d);
    received[n] = 0;
    queries[n] = 0;
    position[n] = at;
    bias[n] = 0;
    n++;
    if (keysTransposed == null) {
      keysTransposed = new float[d][position.length];
      for (int j = 0; j < n; j++) {
        transpose(j);
      }
    } else {
      transpose(n - 1);
    }
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

  HeadState state() {
    float[] local = new float[n];
    for (float[] row : rows) {
      add(local, row, n);
    }
    for (int j = 0; j < n; j++) {
      local[j] /= rows.length;
    }
    return new HeadState(n, keys, values, received, queries, local, position);
  }

  private static void add(float[] sum, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += x[j];
    }
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
    int capacity = kept.length + ROOM;
    float[] newKeys = new float[capacity * d];
    float[] newValues = new float[capacity * d];
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(keys, kept[i] * d, newKeys, i * d, d);
      System.arraycopy(values, kept[i] * d, newValues, i * d, d);
    }
    merge(plan, mergeKeys == CacheOptions.MergeKeys.DIRECTION, newKeys, newValues);
    keepStatistics(plan, capacity);
    keys = newKeys;
    values = newValues;
    shared = false;
    keysTransposed = null;
    n = kept.length;
  }

  /** Puts the weighted means of merged slots, centres included, in their centres' places. */
  private void merge(HeadPlan plan, boolean directions, float[] newKeys, float[] newValues) {
    boolean[] host = hosts(plan);
    float[] sums = classWeights(plan);
    float[] direction = new float[directions ? plan.kept().length * d : 0];
    for (int k = 0; k < host.length; k++) {
      if (host[k]) {
        Arrays.fill(newValues, k * d, (k + 1) * d, 0);
      }
    }
    for (int j = 0; j < n; j++) {
      int k = plan.target()[j];
      if (k >= 0 && host[k]) {
        float w = sums[k] > 0 ? plan.weight()[j] / sums[k] : 1f / -sums[k];
        addScaled(newValues, k * d, w, values, j * d);
        if (directions) {
          float norm = Math.max(RowProducts.norm(keys, j * d, d), TINY);
          addScaled(direction, k * d, w / norm, keys, j * d);
        }
      }
    }
    for (int k = 0; directions && k < host.length; k++) {
      if (host[k]) {
        turn(newKeys, direction, k * d);
      }
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

  /** Gives a key the direction at the same place and leaves its length. */
  private void turn(float[] newKeys, float[] direction, int at) {
    float norm = RowProducts.norm(direction, at, d);
    if (norm >= TINY) {
      float scale = RowProducts.norm(newKeys, at, d) / norm;
      for (int i = at; i < at + d; i++) {
        newKeys[i] = direction[i] * scale;
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
    for (int j = 0; j < n; j++) {
      if (plan.merges(j)) {
        int k = plan.target()[j];
        newReceived[k] += received[j] / Math.max(1, queries[j]) * newQueries[k];
      }
    }
    for (int r = 0; r < rows.length; r++) {
      float[] row = new float[capacity];
      for (int j = 0; j < n; j++) {
        if (plan.target()[j] >= 0) {
          row[plan.target()[j]] += rows[r][j];
        }
      }
      rows[r] = row;
    }
    received = newReceived;
    queries = newQueries;
    position = newPosition;
    bias = newBias;
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

  private void addScaled(float[] out, int to, float w, float[] from, int at) {
    for (int i = 0; i < d; i++) {
      out[to + i] += w * from[at + i];
    }
  }

  private void grow(int capacity) {
    keys = Arrays.copyOf(keys, capacity * d);
    values = Arrays.copyOf(values, capacity * d);
    shared = false;
    for (int i = 0; keysTransposed != null && i < d; i++) {
      keysTransposed[i] = Arrays.copyOf(keysTransposed[i], capacity);
    }
    received = Arrays.copyOf(received, capacity);
    queries = Arrays.copyOf(queries, capacity);
    position = Arrays.copyOf(position, capacity);
    bias = Arrays.copyOf(bias, capacity);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOf(rows[i], capacity);
    }
  }
}
