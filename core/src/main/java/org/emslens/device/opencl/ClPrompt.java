package org.emslens.device.opencl;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.emslens.device.CacheMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Repeated;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;
import org.emslens.model.AttentionSpec;

/** A prompt's attention in a card's memory; prompt.cl says how it lies there. */
final class ClPrompt implements PromptMemory {
  /** Products of numbers that are asked for at once: a tenth of a second of a small card. */
  private static final long MOST_WORK = 10_000_000_000L;

  private final Card card;
  private final Programs programs;
  private final Layers layers;
  private final Tuning tuning;
  private final PromptBuffers own;

  /** What is said again; null where nobody asks for the most that is paid to it. */
  private final Repeated part;

  /** Room for n tokens, and so many rows of the last queries' attention. */
  ClPrompt(Card card, Programs programs, Layers layers, int n, int rows) {
    this(card, programs, layers, new PromptBuffers(card, layers, n, rows, 0), null);
  }

  private ClPrompt(Card card, Programs programs, Layers layers, PromptBuffers own, Repeated part) {
    this.card = card;
    this.programs = programs;
    this.layers = layers;
    this.own = own;
    this.part = part;
    tuning = Tuning.of(card.info(), layers.headDim());
  }

  /** One that was computed elsewhere. */
  static ClPrompt of(Card card, Programs programs, Layers layers, List<PromptLayer> kept) {
    int n = kept.getFirst().normalisers().length / layers.heads();
    int rows = kept.getFirst().lastRows()[0].length;
    ClPrompt p = new ClPrompt(card, programs, layers, n, rows);
    try {
      for (int l = 0; l < kept.size(); l++) {
        p.own.put(l, kept.get(l));
      }
      return p;
    } catch (RuntimeException | Error e) {
      p.close();
      throw e;
    }
  }

  @Override
  public PromptMemory continued(int more, Repeated repeated) {
    return new ClPrompt(card, programs, layers, own.continued(more), repeated);
  }

  @Override
  public float[][] most(int layer, int head) {
    if (part == null) {
      throw new IllegalStateException("follows no prompt");
    }
    float[][] factors = part.weights()[layer];
    float[][] most = new float[factors.length][];
    for (int w = 0; w < most.length; w += 2) {
      int other = Math.min(w + 1, most.length - 1);
      float[] two = most(layer, head, factors[w], factors[other]);
      most[w] = Arrays.copyOf(two, own.firstKept());
      most[other] = Arrays.copyOfRange(two, own.firstKept(), 2 * own.firstKept());
    }
    return most;
  }

  /** In two weightings at a time: what takes long are the products. */
  private float[] most(int layer, int head, float[] first, float[] second) {
    AttentionSpec.Shape s = layers.shape(layer);
    float[] both = Arrays.copyOf(first, 2 * own.kept());
    System.arraycopy(second, 0, both, own.kept(), own.kept());
    int atOnce = Math.clamp(MOST_WORK / own.tokens() / s.headDim(), 1, own.kept());
    try (Buffer factors = card.of(both);
        Buffer out = card.zeros(2L * own.firstKept())) {
      for (int at = 0; at < own.kept(); at += atOnce) {
        int count = Math.min(atOnce, own.kept() - at);
        if (!part.whole(own.firstKept())) {
          divideByCounted(layer, head, at, count, factors);
        }
        kernel("most_paid")
            .run(
                Grid.groups(
                    (part.to() - part.from() + tuning.keys() - 1) / tuning.keys(),
                    1,
                    tuning.keys()),
                own.queries(),
                own.room().keys(),
                own.normalisers(),
                factors,
                out,
                layer * s.heads() + head,
                layer * s.kvHeads() + head / s.group(),
                own.tokens(),
                own.kept(),
                own.firstKept(),
                own.firstKept() + at,
                count,
                part.from(),
                part.to(),
                own.firstKept(),
                s.scale(),
                s.softCap(),
                s.window(),
                Local.floats((long) tuning.queries() * s.headDim()));
      }
      return card.read(out, 0, 2 * own.firstKept());
    }
  }

  /** Divides queries' weights by what they pay to all that counts. */
  private void divideByCounted(int layer, int head, int at, int count, Buffer factors) {
    AttentionSpec.Shape s = layers.shape(layer);
    kernel("divide_by_counted")
        .run(
            Grid.groups((count + tuning.queries() - 1) / tuning.queries(), tuning.keys()),
            own.queries(),
            own.room().keys(),
            own.normalisers(),
            factors,
            layer * s.heads() + head,
            layer * s.kvHeads() + head / s.group(),
            own.tokens(),
            own.kept(),
            own.firstKept(),
            own.firstKept() + at,
            count,
            part.sinks(),
            part.from(),
            part.to(),
            s.scale(),
            s.softCap(),
            s.window(),
            Local.floats((long) tuning.queries() * s.headDim()),
            Local.floats((long) tuning.queries() * tuning.keys()));
  }

  @Override
  public int tokens() {
    return own.tokens();
  }

  /** As {@link org.emslens.device.Device#attend} says. */
  void attend(int layer, Buffer qkv, int first, int count, Buffer y) {
    AttentionSpec.Shape s = layers.shape(layer);
    int width = s.queryWidth() + 2 * s.kvWidth();
    kernel("place")
        .run(
            Grid.items(width, count, tuning.keys()),
            qkv,
            own.queries(),
            own.room().keys(),
            own.room().values(),
            s.heads(),
            s.kvHeads(),
            own.tokens(),
            own.kept(),
            own.firstKept(),
            layer,
            first);
    // Desktops end what keeps their card for seconds.
    long work = (long) (first + count) * s.heads() * s.headDim();
    int atOnce = Math.clamp(MOST_WORK / work, tuning.queries(), count + tuning.queries());
    int whole = atOnce / tuning.queries() * tuning.queries();
    for (int at = 0; at < count; at += whole) {
      attend(layer, first, at, Math.min(whole, count - at), y);
    }
  }

  /**
   * Attention of some of a block's queries.
   *
   * @param first of the block's tokens
   * @param from which of them is the first of these
   */
  private void attend(int layer, int blockFirst, int from, int count, Buffer y) {
    AttentionSpec.Shape s = layers.shape(layer);
    int first = blockFirst + from;
    Local tile = Local.floats((long) tuning.queries() * s.headDim());
    long blocks = (count + tuning.queries() - 1) / tuning.queries();
    kernel("attend")
        .run(
            Grid.groups(blocks, s.heads(), tuning.keys()),
            own.queries(),
            own.room().keys(),
            own.room().values(),
            own.normalisers(),
            y,
            s.heads(),
            s.group(),
            own.tokens(),
            own.kept(),
            own.firstKept(),
            layer,
            first,
            count,
            from,
            s.scale(),
            s.softCap(),
            s.window(),
            tile,
            Local.floats((long) tuning.queries() * tuning.keys()),
            Local.floats(3L * tuning.queries()));
    if (own.firstKept() == 0) {
      gather(layer, first, count);
    }
  }

  /** Statistics, which are the prompt's own: of what follows it nobody asks for them. */
  private void gather(int layer, int first, int count) {
    AttentionSpec.Shape s = layers.shape(layer);
    kernel("gather")
        .run(
            Grid.groups(
                (first + count + tuning.keys() - 1) / tuning.keys(), s.kvHeads(), tuning.keys()),
            own.queries(),
            own.room().keys(),
            own.normalisers(),
            own.received(),
            own.lastRows(),
            own.pictures(),
            s.kvHeads(),
            s.group(),
            own.tokens(),
            layer,
            first,
            count,
            own.rows(),
            (long) layers.allKvHeads() * own.tokens(),
            s.scale(),
            s.softCap(),
            s.window(),
            Local.floats((long) tuning.queries() * s.headDim()));
  }

  private Kernel kernel(String name) {
    return programs.prompt(name, layers.headDim(), tuning);
  }

  @Override
  public CacheMemory cache(int window) {
    Room shared = own.room().shared(card);
    Statistics made = null;
    try {
      int total = shared.total();
      made = Statistics.of(card, total, window);
      int[] positions = new int[total];
      Arrays.setAll(positions, i -> i % own.tokens());
      card.write(positions, made.position());
      card.copy(own.received(), 0, made.received(), 0, (long) total * Float.BYTES);
      int wanted = Math.min(own.tokens(), window);
      int missing = Math.max(0, wanted - own.rows());
      for (int l = 0; l < layers.count() && missing > 0; l++) {
        older(l, missing, made.rows());
      }
      int used = wanted - missing;
      long row = (long) total * Float.BYTES;
      card.copy(own.lastRows(), (own.rows() - used) * row, made.rows(), missing * row, used * row);
      return ClCache.ofPrompt(card, programs, layers, shared, made, own.tokens(), window);
    } catch (RuntimeException | Error e) {
      shared.close();
      if (made != null) {
        made.close();
      }
      throw e;
    }
  }

  /** Rows that come before those that were kept. */
  private void older(int layer, int missing, Buffer into) {
    AttentionSpec.Shape s = layers.shape(layer);
    kernel("older_rows")
        .run(
            Grid.items(own.tokens(), missing, s.kvHeads(), tuning.keys()),
            own.queries(),
            own.room().keys(),
            own.normalisers(),
            into,
            s.kvHeads(),
            s.group(),
            own.tokens(),
            layer,
            own.tokens() - own.rows() - missing,
            s.scale(),
            s.softCap(),
            s.window(),
            (long) layers.allKvHeads() * own.tokens());
  }

  @Override
  public float[] map(
      int layer, int head, int[] rowBounds, int[] columnBounds, BooleanSupplier cancelled) {
    AttentionSpec.Shape s = layers.shape(layer);
    int height = rowBounds.length - 1;
    int width = columnBounds.length - 1;
    if (height <= 0 || width <= 0 || cancelled.getAsBoolean()) {
      return new float[Math.max(0, height) * Math.max(0, width)];
    }
    long row = (long) (layer * s.heads() + head) * own.tokens();
    long query = (long) (layer * s.heads() + head) * own.kept() - own.firstKept();
    long key = (long) (layer * s.kvHeads() + head / s.group()) * own.tokens() * s.headDim();
    try (Buffer rowsAt = card.of(rowBounds);
        Buffer columnsAt = card.of(columnBounds);
        Buffer out = card.floats((long) height * width)) {
      long tokens = Math.max(1, rowBounds[height] - rowBounds[0]);
      long work = Math.max(1, tokens * own.tokens() * s.headDim() / height);
      int band = Math.clamp(MOST_WORK / work, 1, height);
      for (int line = 0; line < height && !cancelled.getAsBoolean(); line += band) {
        kernel("map")
            .run(
                Grid.groups(width, Math.min(band, height - line), tuning.keys()),
                own.queries(),
                own.room().keys(),
                own.normalisers(),
                rowsAt,
                columnsAt,
                out,
                line,
                row,
                query,
                key,
                own.tokens(),
                s.scale(),
                s.softCap(),
                s.window(),
                Local.floats(tuning.keys()));
        if (band < height) {
          card.finish();
        }
      }
      return card.read(out, 0, height * width);
    }
  }

  @Override
  public float[] thumbnail(int layer, int head) {
    return own.thumbnail(layer, head);
  }

  @Override
  public PromptLayer layer(int layer) {
    return own.layer(layer);
  }

  @Override
  public void close() {
    own.close();
  }
}
