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
   * @param seen tokens that all heads hold
   * @param heads one per layer and KV head, layer by layer
   */
  private KvCache(int layers, int kvHeads, int headDim, int seen, HeadCache[] heads) {
    this.layers = layers;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.seen = seen;
    this.heads = heads;
  }

  /**
   * The full cache of a prompt of n tokens; keys and values are shared until something is appended.
   *
   * @param keys one array per layer and KV head [n, headDim]; likewise values
   * @param received per layer, sums of attention [kvHeads, n]
   * @param lastRows per layer, attention rows of the last queries, oldest first [kvHeads, rowCount,
   *     n]
   * @param window queries whose attention is remembered for local scores
   */
  public static KvCache of(
      int kvHeads,
      int headDim,
      int n,
      float[][] keys,
      float[][] values,
      float[][] received,
      float[][] lastRows,
      int rowCount,
      int window) {
    HeadCache[] heads = new HeadCache[keys.length];
    IntStream.range(0, heads.length)
        .parallel()
        .forEach(
            i -> {
              int l = i / kvHeads;
              int g = i % kvHeads;
              heads[i] =
                  new HeadCache(
                      headDim,
                      window,
                      n,
                      keys[i],
                      values[i],
                      received[l],
                      g * n,
                      lastRows[l],
                      g * rowCount * n,
                      rowCount);
            });
    return new KvCache(keys.length / kvHeads, kvHeads, headDim, n, heads);
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
    for (int l = 0; l < layers; l++) {
      sum += slots(l);
    }
    return sum;
  }

  /** Slots of one layer's heads. */
  public long slots(int layer) {
    long sum = 0;
    for (int g = 0; g < kvHeads; g++) {
      sum += head(layer, g).slots();
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
   * While no more tokens were seen than the budget has slots, none does, however layers share it.
   */
  public boolean reaches(CachePolicy policy, int budget, int more) {
    for (int l = 0; l < layers && seen > budget; l++) {
      if (slots(l) >= (long) kvHeads * (policy.layerBudget(budget, l, layers) + more)) {
        return true;
      }
    }
    return false;
  }

  /** What policies see of all layers, gathered in parallel. */
  public List<LayerState> states() {
    return IntStream.range(0, layers).parallel().mapToObj(this::state).toList();
  }

  /** Plans all layers, in parallel; nothing changes yet. */
  public CompressionPlan plan(Policies policy, CacheOptions options, int budget) {
    return plan(states(), policy, options, budget);
  }

  /** The same from states that are there already, one per layer. */
  public static CompressionPlan plan(
      List<LayerState> states, Policies policy, CacheOptions options, int budget) {
    CachePolicy p = policy.with(options);
    List<HeadPlan> plans =
        states.parallelStream()
            .map(s -> p.plan(s, p.layerBudget(budget, s.layer(), s.layers())))
            .flatMap(List::stream)
            .toList();
    return new CompressionPlan(policy.id(), budget, p.mergeKeys(), plans);
  }

  /**
   * Plans and applies where some layer holds more than its budget: after a prompt.
   *
   * @return the plan, or null where nothing was to be done
   */
  public CompressionPlan compressNow(Policies policy, CacheOptions options, int budget) {
    return compress(policy, options, budget, 1);
  }

  /** The same where some layer has grown by the policy's slack: while decoding. */
  public CompressionPlan compressDue(Policies policy, CacheOptions options, int budget) {
    return compress(policy, options, budget, policy.with(options).slack(options.slack()));
  }

  private CompressionPlan compress(Policies policy, CacheOptions options, int budget, int more) {
    CachePolicy p = policy.with(options);
    if (!p.compresses() || !reaches(p, budget, more)) {
      return null;
    }
    CompressionPlan plan = plan(policy, options, budget);
    apply(plan);
    return plan;
  }

  /** Executes a plan that was made for just this state, all heads in parallel. */
  public void apply(CompressionPlan plan) {
    IntStream.range(0, heads.length)
        .parallel()
        .forEach(i -> heads[i].apply(plan.heads().get(i), plan.mergeKeys()));
  }
}
