package org.emslens.engine;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CachePolicy;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.LayerState;
import org.emslens.cache.Policies;
import org.emslens.device.CacheMemory;

/**
 * The KV cache of all layers: slots per KV head, which may differ in number once a policy has
 * compressed them. Used by one thread.
 */
public final class Cache implements AutoCloseable {
  private final CacheMemory memory;
  private final int layers;
  private final int kvHeads;
  private final int headDim;
  private final int prompt;
  private int seen;

  /**
   * @param memory the slots, where a device keeps them
   * @param headDim size of one key
   * @param seen tokens that all heads hold
   */
  public Cache(CacheMemory memory, int layers, int kvHeads, int headDim, int seen) {
    this(memory, layers, kvHeads, headDim, seen, seen);
  }

  private Cache(CacheMemory memory, int layers, int kvHeads, int headDim, int prompt, int seen) {
    this.memory = memory;
    this.layers = layers;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.prompt = prompt;
    this.seen = seen;
  }

  /** An independent copy, to come back to. */
  public Cache copy() {
    return new Cache(memory.copy(), layers, kvHeads, headDim, prompt, seen);
  }

  /** The slots, where the device keeps them. */
  public CacheMemory memory() {
    return memory;
  }

  /** Tokens seen so far, which is the position of the next. */
  public int seen() {
    return seen;
  }

  /** Tokens of the prompt that it began with. */
  public int prompt() {
    return prompt;
  }

  /** Says that one more token has gone through all layers. */
  void advance() {
    seen++;
  }

  /**
   * Forgets all but the first n tokens of a cache that was never compressed. Statistics of the kept
   * ones are not taken back.
   */
  public void truncate(int n) {
    memory.truncate(n);
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
      sum += memory.slots(layer, g);
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
    return IntStream.range(0, layers).parallel().mapToObj(memory::state).toList();
  }

  /** Plans all layers, in parallel; nothing changes yet. */
  public CompressionPlan plan(Policies policy, CacheOptions options, int budget) {
    return plan(states(), policy, options, budget);
  }

  /** The same from states that are there already, one per layer. */
  public static CompressionPlan plan(
      List<LayerState> states, Policies policy, CacheOptions options, int budget) {
    CachePolicy p = policy.with(options);
    List<Supplier<List<HeadPlan>>> chosen =
        states.parallelStream()
            .map(s -> p.choose(s, p.layerBudget(budget, s.layer(), s.layers())))
            .toList();
    List<HeadPlan> plans =
        chosen.parallelStream().map(Supplier::get).flatMap(List::stream).toList();
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

  /** Executes a plan that was made for just this state. */
  public void apply(CompressionPlan plan) {
    memory.apply(plan);
  }

  @Override
  public void close() {
    memory.close();
  }
}
