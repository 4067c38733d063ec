package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.emslens.device.DecodeTap;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;
import org.emslens.model.AttentionSpec;

/** What a cache's newest token attends to, and what is kept of that until the next one comes. */
final class TokenAttention implements AutoCloseable {
  private final Card card;
  private final Layers layers;
  private final Tuning tuning;
  private final Function<String, Kernel> kernels;
  private final Readout readout;

  /** Heads' outputs [layers * H][d]. */
  private final Buffer outputs;

  /** Probabilities [layers * H][stride]. */
  private Buffer probabilities;

  /** Of one layer, while it is computed: see `scores` and `blend` in cache.cl. */
  private Buffer parts;

  private Buffer sums;
  private int stride;

  /**
   * @param kernels those of cache.cl by name
   */
  TokenAttention(Card card, Layers layers, Tuning tuning, Function<String, Kernel> kernels) {
    this.card = card;
    this.layers = layers;
    this.tuning = tuning;
    this.kernels = kernels;
    readout = new Readout(card);
    outputs = card.floats((long) layers.allHeads() * layers.headDim());
  }

  /**
   * @param slots that the widest head may have
   */
  void reserve(int slots) {
    if (probabilities == null || stride != slots) {
      forget();
      stride = slots;
      parts = card.floats(2L * layers.heads() * blocks());
      sums = card.floats((long) layers.heads() * segments(stride) * layers.headDim());
      probabilities = card.floats((long) layers.allHeads() * stride);
    }
  }

  /** Work-groups that take a head's keys, as far as there is room for them. */
  private int blocks() {
    return (stride + tuning.keys() - 1) / tuning.keys();
  }

  private int segments(int slots) {
    return (slots + tuning.segment() - 1) / tuning.segment();
  }

  /**
   * Of a token that was appended to a layer's heads and counts as a slot afterwards.
   *
   * @param from where its row begins in qkv
   * @param to where its row begins in y
   * @param most slots of the layer's heads, its own included
   * @param row of the statistics' that is its own
   */
  void attend(
      int layer,
      Buffer qkv,
      long from,
      int at,
      Buffer y,
      long to,
      Room room,
      Statistics statistics,
      Buffer slots,
      int most,
      int row) {
    AttentionSpec.Shape s = layers.shape(layer);
    int first = layer * layers.kvHeads();
    long p = (long) layer * s.heads() * stride;
    kernels
        .apply("scores")
        .run(
            Grid.items(most, s.heads(), tuning.keys()),
            qkv,
            from,
            room.keys(),
            statistics.bias(),
            statistics.position(),
            probabilities,
            parts,
            room.bases(),
            room.capacities(),
            slots,
            s.group(),
            first,
            p,
            stride,
            blocks(),
            at,
            s.scale(),
            s.softCap(),
            s.window(),
            Local.floats(tuning.keys()));
    int lanes = tuning.lanes(s.headDim());
    int shares = tuning.group() / lanes;
    int segments = segments(most);
    kernels
        .apply("blend")
        .run(
            new Grid(new long[] {s.kvHeads(), segments}, new long[] {lanes, shares}),
            probabilities,
            parts,
            room.values(),
            sums,
            statistics.received(),
            statistics.rows(),
            room.bases(),
            slots,
            first,
            p,
            stride,
            blocks(),
            row,
            room.total(),
            Local.floats(2L * lanes * shares));
    kernels
        .apply("join")
        .run(
            Grid.items(s.headDim(), s.heads(), tuning.keys()),
            sums,
            y,
            outputs,
            slots,
            s.kvHeads(),
            first,
            segments,
            to,
            (long) layer * s.queryWidth());
  }

  /**
   * Has heads' outputs read into a tap together with what is read next, so that nobody waits for
   * it, and what was attended to beside the token that comes next.
   *
   * @param counts what is in `slots`
   * @return to be run once what comes next was read
   */
  Runnable readLater(DecodeTap tap, Room room, Buffer slots, int[] counts) {
    int d = layers.headDim();
    int heads = layers.allHeads();
    if (tap.tapsAttention()) {
      int[] lengths = new int[heads];
      int[] starts = new int[heads];
      int most = 0;
      for (int h = 0; h < heads; h++) {
        int a = h / layers.group();
        lengths[h] = counts[a];
        starts[h] = room.base(a) * layers.group() + h % layers.group() * room.capacity(a);
        most = Math.max(most, counts[a]);
      }
      int longest = most;
      CompletableFuture<short[][]> rows =
          readout.send(
              (long) room.total() * layers.group(),
              starts,
              lengths,
              halves ->
                  kernels
                      .apply("halve")
                      .run(
                          Grid.items(longest, layers.group(), layers.allKvHeads(), tuning.keys()),
                          probabilities,
                          halves,
                          room.bases(),
                          room.capacities(),
                          slots,
                          stride));
      tap.later(lengths, () -> Readout.awaited(rows));
    }
    MemorySegment out = card.readLater(outputs, heads * d);
    return () -> {
      for (int h = 0; h < heads; h++) {
        tap.output(h, out.asSlice((long) h * d * Float.BYTES), d);
      }
    };
  }

  private void forget() {
    for (Buffer b : new Buffer[] {probabilities, parts, sums}) {
      if (b != null) {
        b.close();
      }
    }
    probabilities = null;
    parts = null;
    sums = null;
  }

  @Override
  public void close() {
    readout.close();
    outputs.close();
    forget();
  }
}
