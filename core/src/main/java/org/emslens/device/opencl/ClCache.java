package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.cache.CacheOptions.MergeKeys;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadState;
import org.emslens.cache.LayerState;
import org.emslens.cache.Precision;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;
import org.emslens.model.AttentionSpec;

/** A cache in a card's memory; cache.cl says how it lies there. */
final class ClCache implements CacheMemory {
  private static final int MORE = 64;

  private final Card card;
  private final Programs programs;
  private final Layers layers;
  private final Tuning tuning;
  private final int window;
  private final HeadCounts[] counts;

  /** How many slots each head has, where kernels read it. */
  private final Buffer slots;

  private Room room;
  private Statistics statistics;

  /** Of each layer: which of the remembered rows is written next. */
  private final int[] nextRow;

  private final TokenAttention newest;

  /** What policies see, until something changes. */
  private Description description;

  private Comparisons comparisons;

  private ClCache(
      Card card,
      Programs programs,
      Layers layers,
      Room room,
      Statistics statistics,
      HeadCounts[] counts,
      int window,
      int[] nextRow) {
    this.card = card;
    this.programs = programs;
    this.layers = layers;
    this.room = room;
    this.statistics = statistics;
    this.counts = counts;
    this.window = window;
    this.nextRow = nextRow;
    tuning = Tuning.of(card.info(), layers.headDim());
    slots = card.of(allSlots());
    try {
      newest = new TokenAttention(card, layers, tuning, this::kernel);
    } catch (RuntimeException | Error e) {
      slots.close();
      throw e;
    }
  }

  /** A whole prompt of n tokens, each in its own slot; takes over what it is given. */
  static ClCache ofPrompt(
      Card card,
      Programs programs,
      Layers layers,
      Room room,
      Statistics statistics,
      int n,
      int window) {
    HeadCounts[] counts = new HeadCounts[layers.allKvHeads()];
    Arrays.setAll(counts, a -> new HeadCounts(n, layers.shape(a / layers.kvHeads()).window()));
    int[] nextRow = new int[layers.count()];
    Arrays.fill(nextRow, Math.min(n, window) % window);
    return new ClCache(card, programs, layers, room, statistics, counts, window, nextRow);
  }

  private Kernel kernel(String name) {
    return programs.cache(name, layers.headDim(), layers.group(), tuning);
  }

  private int first(int layer) {
    return layer * layers.kvHeads();
  }

  Layers layers() {
    return layers;
  }

  @Override
  public int slots(int layer, int kvHead) {
    return counts[first(layer) + kvHead].slots();
  }

  /** The largest number of slots of a layer's heads. */
  private int most(int layer) {
    int most = 0;
    for (int g = 0; g < layers.kvHeads(); g++) {
      most = Math.max(most, slots(layer, g));
    }
    return most;
  }

  /**
   * One token: its slots, its attention, its statistics.
   *
   * @param from where its row begins in qkv
   * @param to where its row begins in y
   */
  void attend(int layer, Buffer qkv, long from, int at, Buffer y, long to) {
    forget();
    reserve(layer, 1);
    AttentionSpec.Shape s = layers.shape(layer);
    kernel("append")
        .run(
            Grid.items(s.headDim(), s.kvHeads(), tuning.keys()),
            qkv,
            from,
            room.keys(),
            room.values(),
            statistics.bias(),
            statistics.received(),
            statistics.position(),
            statistics.rows(),
            room.bases(),
            room.capacities(),
            slots,
            s.heads(),
            s.kvHeads(),
            first(layer),
            at,
            window,
            room.total());
    newest.attend(
        layer, qkv, from, at, y, to, room, statistics, slots, most(layer) + 1, nextRow[layer]);
    for (int g = 0; g < s.kvHeads(); g++) {
      counts[first(layer) + g].append(at, s.window());
    }
    nextRow[layer] = (nextRow[layer] + 1) % window;
  }

  /** As {@link org.emslens.device.Device#attendMany} says. */
  void attendMany(int layer, Buffer qkv, int from, int at, int n, Buffer y) {
    AttentionSpec.Shape s = layers.shape(layer);
    reserve(layer, n);
    long width = s.queryWidth() + 2L * s.kvWidth();
    for (int t = 0; t < n; t++) {
      long row = from + t;
      attend(layer, qkv, row * width, at + t, y, row * s.queryWidth());
    }
  }

  /** Room for more slots in each of a layer's heads, and for their attention. */
  private void reserve(int layer, int more) {
    // What a token attended to is kept until its last layer: nothing may move before.
    boolean full = room.isShared();
    int last = layer == 0 ? counts.length : first(layer + 1);
    for (int a = first(layer); a < last; a++) {
      full |= counts[a].slots() + more > room.capacity(a);
    }
    if (full) {
      grow(more);
    }
    newest.reserve(room.widest());
  }

  private void grow(int more) {
    int[] capacity =
        Arrays.stream(counts)
            .mapToInt(c -> c.slots() + Math.max(more, Math.max(MORE, c.slots() / 8)))
            .toArray();
    moveTo(
        capacity,
        (to, stats) ->
            kernel("move")
                .run(
                    Grid.items(mostOfAll(), counts.length, tuning.keys()),
                    room.keys(),
                    room.values(),
                    statistics.bias(),
                    statistics.received(),
                    statistics.position(),
                    statistics.rows(),
                    room.bases(),
                    room.capacities(),
                    slots,
                    room.total(),
                    to.keys(),
                    to.values(),
                    stats.bias(),
                    stats.received(),
                    stats.position(),
                    stats.rows(),
                    to.bases(),
                    to.capacities(),
                    to.total(),
                    window));
  }

  private int mostOfAll() {
    return Arrays.stream(allSlots()).max().orElse(0);
  }

  private int[] allSlots() {
    return Arrays.stream(counts).mapToInt(HeadCounts::slots).toArray();
  }

  /** Fills a new room from the present one. */
  @FunctionalInterface
  private interface Move {
    void fill(Room to, Statistics statistics);
  }

  /** Puts another room in the place of the present one; where that fails, nothing has changed. */
  private void moveTo(int[] capacity, Move move) {
    Room to = Room.of(card, layers.headDim(), capacity);
    Statistics stats = null;
    try {
      stats = Statistics.of(card, to.total(), window);
      move.fill(to, stats);
    } catch (RuntimeException | Error e) {
      to.close();
      if (stats != null) {
        stats.close();
      }
      throw e;
    }
    room.close();
    statistics.close();
    room = to;
    statistics = stats;
  }

  @Override
  public void apply(CompressionPlan plan) {
    for (int a = 0; a < counts.length; a++) {
      counts[a].check(plan.heads().get(a));
    }
    Classes c = Classes.of(plan.heads(), counts);
    int[] capacity = plan.heads().stream().mapToInt(p -> p.kept().length + MORE).toArray();
    try (Buffer classes = card.of(c.classes());
        Buffer centres = card.of(c.centres());
        Buffer bias = card.of(c.bias());
        Buffer members = card.of(c.members());
        Buffer weights = card.of(c.weights())) {
      moveTo(
          capacity,
          (to, stats) ->
              kernel("merge")
                  .run(
                      Grid.groups(c.count(), tuning.keys()),
                      room.keys(),
                      room.values(),
                      statistics.bias(),
                      statistics.received(),
                      statistics.position(),
                      statistics.rows(),
                      room.bases(),
                      room.capacities(),
                      described().buffer(),
                      room.total(),
                      to.keys(),
                      to.values(),
                      stats.bias(),
                      stats.received(),
                      stats.position(),
                      stats.rows(),
                      to.bases(),
                      to.capacities(),
                      to.total(),
                      window,
                      classes,
                      centres,
                      bias,
                      members,
                      weights,
                      plan.mergeKeys() == MergeKeys.DIRECTION ? 1 : 0,
                      Local.floats(tuning.keys())));
    }
    for (int a = 0; a < counts.length; a++) {
      counts[a].apply(plan.heads().get(a));
    }
    slotsChanged();
  }

  @Override
  public void round(Precision precision, int[] from, int[] to) {
    int most = 0;
    for (int a = 0; a < counts.length; a++) {
      most = Math.max(most, to[a] - from[a]);
    }
    if (most == 0) {
      return;
    }
    if (room.isShared()) {
      grow(0);
    }
    int groups = (most + Precision.GROUP - 1) / Precision.GROUP;
    int d = layers.headDim();
    int parts = (d + Precision.GROUP - 1) / Precision.GROUP;
    try (Buffer first = card.of(from);
        Buffer last = card.of(to)) {
      kernel("round_keys")
          .run(
              Grid.items(groups, d, counts.length, tuning.keys()),
              room.keys(),
              room.bases(),
              room.capacities(),
              first,
              last,
              Precision.GROUP,
              precision.steps());
      kernel("round_values")
          .run(
              Grid.items(most, parts, counts.length, tuning.keys()),
              room.values(),
              room.bases(),
              first,
              last,
              Precision.GROUP,
              precision.steps());
    }
    forget();
  }

  /** Tells the card how many slots there are. */
  private void slotsChanged() {
    card.write(allSlots(), slots);
    forget();
  }

  private void forget() {
    if (description != null) {
      description.close();
      description = null;
    }
  }

  @Override
  public void truncate(int to) {
    for (HeadCounts c : counts) {
      c.truncate(to);
    }
    slotsChanged();
  }

  @Override
  public CacheMemory copy() {
    Room to = room.copy(card, layers.headDim());
    Statistics stats = null;
    try {
      stats = statistics.copy(card);
      HeadCounts[] same = Arrays.stream(counts).map(HeadCounts::copy).toArray(HeadCounts[]::new);
      return new ClCache(card, programs, layers, to, stats, same, window, nextRow.clone());
    } catch (RuntimeException | Error e) {
      to.close();
      if (stats != null) {
        stats.close();
      }
      throw e;
    }
  }

  @Override
  public LayerState state(int layer) {
    Description d = described();
    List<HeadState> states = new ArrayList<>();
    for (int g = 0; g < layers.kvHeads(); g++) {
      int a = first(layer) + g;
      int kvHead = g;
      HeadCounts c = counts[a];
      states.add(
          new HeadState(
              c.slots(),
              d.received(room.base(a), c.slots()),
              c.queries(),
              d.local(room.base(a), c.slots()),
              d.newest(room.base(a), c.slots()),
              c.positions(),
              new ClVectors(comparisons, room, a, d, () -> keys(layer, kvHead))));
    }
    return new LayerState(layer, layers.count(), states);
  }

  /** Layers are asked by several threads at once. */
  private synchronized Description described() {
    if (description == null) {
      description = describe();
      comparisons =
          new Comparisons(card, kernel("similar"), tuning, layers.headDim(), room, description);
    }
    return description;
  }

  private Description describe() {
    int total = room.total();
    Buffer out = card.floats((long) Description.KINDS * total);
    try {
      kernel("describe")
          .run(
              Grid.items(mostOfAll(), counts.length, tuning.keys()),
              room.keys(),
              room.values(),
              statistics.received(),
              statistics.rows(),
              out,
              room.bases(),
              room.capacities(),
              slots,
              window,
              // All layers have seen the same tokens wherever anybody asks.
              (nextRow[0] + window - 1) % window,
              total);
      return new Description(out, total, card.read(out, 0, Description.KINDS * total));
    } catch (RuntimeException | Error e) {
      out.close();
      throw e;
    }
  }

  /** As {@link TokenAttention#readLater}. */
  Runnable readLater(DecodeTap tap) {
    return newest.readLater(tap, room, slots, allSlots());
  }

  @Override
  public float[] keys(int layer, int kvHead) {
    int a = first(layer) + kvHead;
    int d = layers.headDim();
    int capacity = room.capacity(a);
    float[] all = card.read(room.keys(), (long) room.base(a) * d, capacity * d);
    return Arrays.copyOf(Transposed.of(all, d, capacity), counts[a].slots() * d);
  }

  @Override
  public float[] values(int layer, int kvHead) {
    int a = first(layer) + kvHead;
    int d = layers.headDim();
    return card.read(room.values(), (long) room.base(a) * d, counts[a].slots() * d);
  }

  @Override
  public float[] bias(int layer, int kvHead) {
    int a = first(layer) + kvHead;
    return card.read(statistics.bias(), room.base(a), counts[a].slots());
  }

  @Override
  public void close() {
    forget();
    room.close();
    statistics.close();
    slots.close();
    newest.close();
  }
}
