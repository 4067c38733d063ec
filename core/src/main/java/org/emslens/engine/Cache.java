package org.emslens.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CachePolicy;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadState;
import org.emslens.cache.LayerState;
import org.emslens.cache.Policies;
import org.emslens.cache.Precision;
import org.emslens.device.CacheMemory;
import org.emslens.model.AttentionSpec;

/**
 * The KV cache of all layers: slots per KV head, which may differ in number once a policy has
 * compressed them. Used by one thread.
 */
public final class Cache implements AutoCloseable {
  private final CacheMemory memory;
  private final List<AttentionSpec.Shape> shapes;
  private final PromptScores scores;
  private final int prompt;
  private final Precision precision;
  private final int window;
  private int seen;

  /** How many slots of each head are rounded; null before that was done at all. */
  private int[] rounded;

  /** Whether the slots are the prompt's tokens, one each. */
  private boolean untouched;

  /**
   * @param memory the slots, where a device keeps them
   * @param shapes of the layers, first to last
   * @param scores what was asked of the prompt
   * @param seen tokens that all heads hold
   * @param options how exactly slots are kept, and which are new
   */
  public Cache(
      CacheMemory memory,
      List<AttentionSpec.Shape> shapes,
      PromptScores scores,
      int seen,
      CacheOptions options) {
    this.memory = memory;
    this.shapes = List.copyOf(shapes);
    this.scores = scores;
    this.prompt = seen;
    this.seen = seen;
    precision = options.precision();
    window = options.window();
    untouched = true;
  }

  private Cache(Cache o) {
    memory = o.memory.copy();
    shapes = o.shapes;
    scores = o.scores;
    prompt = o.prompt;
    precision = o.precision;
    window = o.window;
    rounded = o.rounded == null ? null : o.rounded.clone();
    seen = o.seen;
    untouched = o.untouched;
  }

  /** An independent copy, to come back to. */
  public Cache copy() {
    return new Cache(this);
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

  /**
   * Rounds slots that have left the window, where the precision says so and enough of them wait: a
   * token that is run looks at the cache so. What was compressed is grouped anew.
   */
  public void settle() {
    if (!precision.rounds()) {
      return;
    }
    int[] to = settled();
    int[] from = rounded == null ? new int[to.length] : rounded;
    if (!Arrays.equals(from, to)) {
      memory.round(precision, from, to);
    }
    rounded = to;
  }

  /** How many slots of each head are rounded when the next token is run. */
  private int[] settled() {
    int[] slots = slotsOfHeads();
    int[] settled = new int[slots.length];
    for (int a = 0; a < slots.length; a++) {
      settled[a] =
          rounded == null
              ? Math.max(0, slots[a] - window)
              : Precision.settled(rounded[a], slots[a], window);
    }
    return settled;
  }

  private int[] slotsOfHeads() {
    return IntStream.range(0, shapes.size())
        .flatMap(l -> IntStream.range(0, shapes.get(l).kvHeads()).map(g -> memory.slots(l, g)))
        .toArray();
  }

  /** How many tokens can be run before something is rounded. */
  public int untilSettled() {
    if (!precision.rounds()) {
      return Integer.MAX_VALUE;
    }
    int[] slots = slotsOfHeads();
    int[] settled = settled();
    return IntStream.range(0, slots.length)
        .map(a -> Precision.GROUP - Math.max(0, slots[a] - window - settled[a]))
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  /** Says that one more token has gone through all layers. */
  void advance() {
    seen++;
    untouched = false;
  }

  /**
   * Forgets all but the first n tokens of a cache that was never compressed. Statistics of the kept
   * ones are not taken back.
   */
  public void truncate(int n) {
    memory.truncate(n);
    for (int a = 0; rounded != null && a < rounded.length; a++) {
      rounded[a] = Math.min(rounded[a], n);
    }
    seen = n;
    untouched = n == prompt;
  }

  /** Slots of all heads. */
  public long slots() {
    long sum = 0;
    for (int l = 0; l < shapes.size(); l++) {
      sum += slots(l);
    }
    return sum;
  }

  /** Slots of one layer's heads. */
  public long slots(int layer) {
    long sum = 0;
    for (int g = 0; g < shapes.get(layer).kvHeads(); g++) {
      sum += memory.slots(layer, g);
    }
    return sum;
  }

  /** Bytes that the slots' keys and values take as float32. */
  public long bytes() {
    return bytes(slots(), shapes.getFirst().headDim());
  }

  /** Bytes that they would take in their precision. */
  public long packedBytes() {
    int[] slots = slotsOfHeads();
    int[] settled = precision.rounds() ? settled() : new int[slots.length];
    long bytes = 0;
    for (int a = 0; a < slots.length; a++) {
      bytes += precision.bytes(slots[a], settled[a], shapes.getFirst().headDim());
    }
    return bytes;
  }

  /** Bytes that so many slots' keys and values take as float32. */
  public static long bytes(long slots, int headDim) {
    return slots * 2 * headDim * Float.BYTES;
  }

  /**
   * Whether some layer holds, on average over its heads, at least its budget plus this many slots
   * that queries reach. While no more tokens were seen than the budget has slots, none does,
   * however layers share it.
   */
  public boolean reaches(CachePolicy policy, int budget, int more) {
    if (seen <= budget) {
      return false;
    }
    // Where all layers share, what they hold together counts.
    long over = 0;
    for (int l = 0; l < shapes.size(); l++) {
      int of = policy.layerBudget(budget, l, shapes.size());
      if (!holdsWindow(of, l)) {
        long above = reached(l) - shapes.get(l).kvHeads() * ((long) of + more);
        if (!policy.sharesLayers() && above >= 0) {
          return true;
        }
        over += above;
      }
    }
    return policy.sharesLayers() && over >= 0;
  }

  /** Slots of one layer's heads that the next query reaches. */
  private long reached(int layer) {
    AttentionSpec.Shape s = shapes.get(layer);
    return s.window() == 0 ? slots(layer) : Math.min(slots(layer), (long) s.kvHeads() * s.window());
  }

  /** Whether a layer has a window no longer than its budget, so that there is nothing to choose. */
  private boolean holdsWindow(int budget, int layer) {
    int window = shapes.get(layer).window();
    return window > 0 && budget >= window;
  }

  /**
   * What policies see of all layers, gathered in parallel: the slots that the next query reaches.
   */
  public List<LayerState> states() {
    return IntStream.range(0, shapes.size()).parallel().mapToObj(this::state).toList();
  }

  private LayerState state(int layer) {
    LayerState all = untouched ? scores.with(memory.state(layer)) : memory.state(layer);
    int reached = shapes.get(layer).firstReached(seen);
    return reached == 0 ? all : all.from(reached);
  }

  /** Plans all layers, in parallel; nothing changes yet. */
  public CompressionPlan plan(Policies policy, CacheOptions options, int budget) {
    return plan(states(), policy, options, budget);
  }

  /**
   * The same from states that are there already, one per layer. Slots that no query reaches any
   * more go; layers whose window the budget holds keep all others.
   */
  public CompressionPlan plan(
      List<LayerState> states, Policies policy, CacheOptions options, int budget) {
    CachePolicy p = policy.with(options);
    List<LayerState> compressed = states.stream().filter(s -> !staysWhole(p, s, budget)).toList();
    Iterator<List<HeadPlan>> plans = p.choose(compressed, budget).get().iterator();
    List<HeadPlan> all = new ArrayList<>();
    for (LayerState s : states) {
      List<HeadPlan> heads =
          staysWhole(p, s, budget)
              ? s.heads().stream().map(HeadPlan::keepAll).toList()
              : plans.next();
      for (int g = 0; g < heads.size(); g++) {
        all.add(heads.get(g).after(s.skipped()[g]));
      }
    }
    return new CompressionPlan(policy.id(), budget, p.mergeKeys(), all);
  }

  /** Whether all that queries of a layer with a window reach is within its budget. */
  private boolean staysWhole(CachePolicy p, LayerState s, int budget) {
    int of = p.layerBudget(budget, s.layer(), s.layers());
    long slots = s.heads().stream().mapToLong(HeadState::slots).sum();
    return holdsWindow(of, s.layer())
        || shapes.get(s.layer()).window() > 0 && slots <= (long) of * s.heads().size();
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
    int slack = policy.with(options).slack(options.slack());
    return slack == CachePolicy.NEVER ? null : compress(policy, options, budget, slack);
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
    rounded = null;
    untouched = false;
  }

  @Override
  public void close() {
    memory.close();
  }
}
