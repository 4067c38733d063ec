package org.emslens.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The KV cache of all layers: slots per KV head, which may differ in number once a policy has
 * compressed them. Used by one thread.
 */
public final class KvCache {
  private final int layers;
  private final int kvHeads;
  private final int headDim;
  private final HeadCache[] heads;
  private int seen;

  /**
   * @param window queries whose attention is remembered for local scores
   * @param capacity slots that each head has room for at first
   */
  public KvCache(int layers, int kvHeads, int headDim, int window, int capacity) {
    this.layers = layers;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.heads = new HeadCache[layers * kvHeads];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = new HeadCache(headDim, window, Math.max(1, capacity));
    }
  }

  private KvCache(KvCache o) {
    layers = o.layers;
    kvHeads = o.kvHeads;
    headDim = o.headDim;
    seen = o.seen;
    heads = new HeadCache[o.heads.length];
    IntStream.range(0, heads.length).parallel().forEach(i -> heads[i] = o.heads[i].copy());
  }

  /** An independent copy, to come back to. */
  public KvCache copy() {
    return new KvCache(this);
  }

  public HeadCache head(int layer, int kvHead) {
    return heads[layer * kvHeads + kvHead];
  }

  /** Tokens seen so far, which is the position of the next. */
  public int seen() {
    return seen;
  }

  /** Says that one more token has gone through all layers. */
  public void advance() {
    seen++;
  }

  /**
   * Fills one KV head with a whole prefill.
   *
   * @param keys of all heads of the layer [G, N, d]
   * @param received sums of attention [G, N]
   * @param lastRows attention rows of the last queries, oldest first [G, rowCount, N]
   */
  public void fill(
      int layer,
      int kvHead,
      float[] keys,
      float[] values,
      float[] received,
      float[] lastRows,
      int rowCount,
      int n) {
    HeadCache head = head(layer, kvHead);
    int from = kvHead * n * headDim;
    for (int j = 0; j < n; j++) {
      head.append(keys, from + j * headDim, values, from + j * headDim, j);
    }
    head.statistics(received, kvHead * n, lastRows, kvHead * rowCount * n, rowCount, n);
    seen = n;
  }

  /**
   * Forgets all but the first n tokens of a cache that was never compressed. Statistics of the kept
   * ones are not taken back.
   */
  public void truncate(int n) {
    for (HeadCache h : heads) {
      h.truncate(n);
    }
    seen = n;
  }

  /** Slots of all heads. */
  public long slots() {
    long sum = 0;
    for (HeadCache h : heads) {
      sum += h.slots();
    }
    return sum;
  }

  /** Bytes that the slots' keys and values take as float32. */
  public long bytes() {
    return bytes(slots(), headDim);
  }

  /** Bytes that so many slots' keys and values take as float32. */
  public static long bytes(long slots, int headDim) {
    return slots * 2 * headDim * Float.BYTES;
  }

  /** What policies see of a layer. */
  public LayerState state(int layer) {
    List<HeadState> states = new ArrayList<>();
    float[][] newest = new float[kvHeads][];
    for (int g = 0; g < kvHeads; g++) {
      states.add(head(layer, g).state());
      newest[g] = head(layer, g).newest();
    }
    return new LayerState(layer, layers, headDim, states, newest);
  }

  /**
   * Whether some layer holds, on average over its heads, at least its budget plus this many slots.
   */
  public boolean reaches(CachePolicy policy, int budget, int more) {
    for (int l = 0; l < layers; l++) {
      long sum = 0;
      for (int g = 0; g < kvHeads; g++) {
        sum += head(l, g).slots();
      }
      if (sum >= (long) kvHeads * (policy.layerBudget(budget, l, layers) + more)) {
        return true;
      }
    }
    return false;
  }

  /** Plans all layers, in parallel; nothing changes yet. */
  public CompressionPlan plan(Policies policy, CacheOptions options, int budget) {
    CachePolicy p = policy.with(options);
    List<HeadPlan> plans =
        IntStream.range(0, layers)
            .parallel()
            .mapToObj(l -> p.plan(state(l), p.layerBudget(budget, l, layers)))
            .flatMap(List::stream)
            .toList();
    return new CompressionPlan(policy.id(), budget, options.mergeKeys(), plans);
  }

  /** Executes a plan that was made for just this state, all heads in parallel. */
  public void apply(CompressionPlan plan) {
    IntStream.range(0, heads.length)
        .parallel()
        .forEach(i -> heads[i].apply(plan.heads().get(i), plan.mergeKeys()));
  }
}
