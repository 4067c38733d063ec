package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.emslens.device.CacheMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;
import org.emslens.model.AttentionSpec;

/** A prompt's attention in a card's memory; prompt.cl says how it lies there. */
final class ClPrompt implements PromptMemory {
  private static final int PICTURE = THUMBNAIL * THUMBNAIL;

  /** Products of numbers that are asked for at once: a tenth of a second of a small card. */
  private static final long MOST_WORK = 10_000_000_000L;

  private final Card card;
  private final Programs programs;
  private final Layers layers;
  private final Tuning tuning;
  private final int n;
  private final int rows;

  /** Queries of tokens before are not kept. */
  private final int firstKept;

  /** Tokens whose queries are. */
  private final int kept;

  private final List<Runnable> own = new ArrayList<>();
  private final Room room;

  /** [layers * H][kept][d]. */
  private final Buffer queries;

  /** [layers * H][N]. */
  private final Buffer normalisers;

  /** [layers * G][N]. */
  private final Buffer received;

  /** [rows][layers * G][N]. */
  private final Buffer lastRows;

  /** [layers * H][T * T]. */
  private final Buffer pictures;

  /** Pictures that were read. */
  private final float[][] thumbnails;

  /** Of what follows [layers][W][kept]; null where nobody asks for the most that it pays. */
  private float[][][] weights;

  /**
   * @param rows of the last queries' attention that are kept
   */
  ClPrompt(Card card, Programs programs, Layers layers, int n, int rows) {
    this(card, programs, layers, n, rows, 0);
  }

  private ClPrompt(Card card, Programs programs, Layers layers, int n, int rows, int firstKept) {
    this.firstKept = firstKept;
    kept = n - firstKept;
    this.card = card;
    this.programs = programs;
    this.layers = layers;
    this.n = n;
    this.rows = rows;
    tuning = Tuning.of(card.info(), layers.headDim());
    thumbnails = new float[layers.allHeads()][];
    int[] capacity = new int[layers.allKvHeads()];
    Arrays.fill(capacity, n);
    long width = layers.allKvHeads();
    try {
      queries = own(card.floats((long) layers.allHeads() * kept * layers.headDim()));
      normalisers = own(card.zeros((long) layers.allHeads() * n));
      received = own(card.zeros(width * n));
      lastRows = own(card.zeros(width * rows * n));
      pictures = own(card.zeros((long) layers.allHeads() * PICTURE));
      room = Room.of(card, layers.headDim(), capacity);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    own.add(room::close);
  }

  private Buffer own(Buffer b) {
    own.add(b::close);
    return b;
  }

  /** One that was computed elsewhere. */
  static ClPrompt of(Card card, Programs programs, Layers layers, List<PromptLayer> kept) {
    int n = kept.getFirst().normalisers().length / layers.heads();
    int rows = kept.getFirst().lastRows()[0].length;
    ClPrompt p = new ClPrompt(card, programs, layers, n, rows);
    try {
      for (int l = 0; l < kept.size(); l++) {
        p.put(l, kept.get(l));
      }
      return p;
    } catch (RuntimeException | Error e) {
      p.close();
      throw e;
    }
  }

  private void put(int layer, PromptLayer from) {
    int d = layers.headDim();
    int first = layer * layers.heads();
    int firstKv = layer * layers.kvHeads();
    card.write(from.queries(), 0, from.queries().length, queries, (long) first * n * d);
    card.write(from.normalisers(), 0, layers.heads() * n, normalisers, (long) first * n);
    card.write(from.received(), 0, layers.kvHeads() * n, received, (long) firstKv * n);
    for (int g = 0; g < layers.kvHeads(); g++) {
      long at = (long) (firstKv + g) * n;
      card.write(Transposed.of(from.keys()[g], n, d), 0, n * d, room.keys(), at * d);
      card.write(from.values()[g], 0, n * d, room.values(), at * d);
      for (int r = 0; r < rows; r++) {
        long row = (long) r * layers.allKvHeads() * n + at;
        card.write(from.lastRows()[g][r], 0, n, lastRows, row);
      }
    }
    for (int h = 0; h < layers.heads(); h++) {
      card.write(from.thumbnails()[h], 0, PICTURE, pictures, (long) (first + h) * PICTURE);
    }
  }

  /** Keys and values take the way through the computer's memory: it is made once for a prompt. */
  @Override
  public ClPrompt continued(int more) {
    int d = layers.headDim();
    int all = n + more;
    ClPrompt p = new ClPrompt(card, programs, layers, all, 1, n);
    try {
      for (int a = 0; a < layers.allKvHeads(); a++) {
        float[] keys = card.read(room.keys(), (long) a * n * d, n * d);
        float[] apart = new float[all * d];
        for (int i = 0; i < d; i++) {
          System.arraycopy(keys, i * n, apart, i * all, n);
        }
        card.write(apart, 0, apart.length, p.room.keys(), (long) a * all * d);
        float[] values = card.read(room.values(), (long) a * n * d, n * d);
        card.write(values, 0, n * d, p.room.values(), (long) a * all * d);
      }
      return p;
    } catch (RuntimeException | Error e) {
      p.close();
      throw e;
    }
  }

  @Override
  public PromptMemory continued(int more, float[][][] weights) {
    ClPrompt p = continued(more);
    p.weights = weights;
    return p;
  }

  @Override
  public float[][] most(int layer, int head) {
    if (weights == null) {
      throw new IllegalStateException("not continued with weights");
    }
    float[][] factors = weights[layer];
    float[][] most = new float[factors.length][];
    for (int w = 0; w < most.length; w += 2) {
      int other = Math.min(w + 1, most.length - 1);
      float[] two = most(layer, head, factors[w], factors[other]);
      most[w] = Arrays.copyOf(two, firstKept);
      most[other] = Arrays.copyOfRange(two, firstKept, 2 * firstKept);
    }
    return most;
  }

  /** In two weightings at a time: what takes long are the products. */
  private float[] most(int layer, int head, float[] first, float[] second) {
    AttentionSpec.Shape s = layers.shape(layer);
    float[] both = Arrays.copyOf(first, 2 * kept);
    System.arraycopy(second, 0, both, kept, kept);
    int atOnce = Math.toIntExact(Math.clamp(MOST_WORK / n / s.headDim(), 1, kept));
    try (Buffer factors = card.of(both);
        Buffer out = card.zeros(2L * firstKept)) {
      for (int at = 0; at < kept; at += atOnce) {
        kernel("most_paid")
            .run(
                Grid.groups((firstKept + tuning.keys() - 1) / tuning.keys(), 1, tuning.keys()),
                queries,
                room.keys(),
                normalisers,
                factors,
                out,
                layer * s.heads() + head,
                layer * s.kvHeads() + head / s.group(),
                n,
                kept,
                firstKept,
                firstKept + at,
                Math.min(atOnce, kept - at),
                firstKept,
                s.scale(),
                s.softCap(),
                s.window(),
                Local.floats((long) tuning.queries() * s.headDim()));
      }
      return card.read(out, 0, 2 * firstKept);
    }
  }

  @Override
  public int tokens() {
    return n;
  }

  /** As {@link org.emslens.device.Device#attend} says. */
  void attend(int layer, Buffer qkv, int first, int count, Buffer y) {
    AttentionSpec.Shape s = layers.shape(layer);
    int width = s.queryWidth() + 2 * s.kvWidth();
    kernel("place")
        .run(
            Grid.items(width, count, tuning.keys()),
            qkv,
            queries,
            room.keys(),
            room.values(),
            s.heads(),
            s.kvHeads(),
            n,
            kept,
            firstKept,
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
            queries,
            room.keys(),
            room.values(),
            normalisers,
            y,
            s.heads(),
            s.group(),
            n,
            kept,
            firstKept,
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
    kernel("gather")
        .run(
            Grid.groups(
                (first + count + tuning.keys() - 1) / tuning.keys(), s.kvHeads(), tuning.keys()),
            queries,
            room.keys(),
            normalisers,
            received,
            lastRows,
            pictures,
            s.kvHeads(),
            s.group(),
            n,
            kept,
            firstKept,
            layer,
            first,
            count,
            rows,
            (long) layers.allKvHeads() * n,
            s.scale(),
            s.softCap(),
            s.window(),
            tile);
  }

  private Kernel kernel(String name) {
    return programs.prompt(name, layers.headDim(), tuning);
  }

  @Override
  public CacheMemory cache(int window) {
    Room shared = room.shared(card);
    Statistics made = null;
    try {
      int total = shared.total();
      made = Statistics.of(card, total, window);
      int[] positions = new int[total];
      Arrays.setAll(positions, i -> i % n);
      card.write(positions, made.position());
      card.copy(received, 0, made.received(), 0, (long) total * Float.BYTES);
      int wanted = Math.min(n, window);
      int missing = Math.max(0, wanted - rows);
      for (int l = 0; l < layers.count() && missing > 0; l++) {
        older(l, missing, made.rows());
      }
      int used = wanted - missing;
      long row = (long) total * Float.BYTES;
      card.copy(lastRows, (rows - used) * row, made.rows(), missing * row, used * row);
      return ClCache.ofPrompt(card, programs, layers, shared, made, n, window);
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
            Grid.items(n, missing, s.kvHeads(), tuning.keys()),
            queries,
            room.keys(),
            normalisers,
            into,
            s.kvHeads(),
            s.group(),
            n,
            layer,
            n - rows - missing,
            s.scale(),
            s.softCap(),
            s.window(),
            (long) layers.allKvHeads() * n);
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
    long row = (long) (layer * s.heads() + head) * n;
    long query = (long) (layer * s.heads() + head) * kept - firstKept;
    long key = (long) (layer * s.kvHeads() + head / s.group()) * n * s.headDim();
    try (Buffer rowsAt = card.of(rowBounds);
        Buffer columnsAt = card.of(columnBounds);
        Buffer out = card.floats((long) height * width)) {
      long tokens = Math.max(1, rowBounds[height] - rowBounds[0]);
      long work = Math.max(1, tokens * n * s.headDim() / height);
      int band = Math.clamp(MOST_WORK / work, 1, height);
      for (int line = 0; line < height && !cancelled.getAsBoolean(); line += band) {
        kernel("map")
            .run(
                Grid.groups(width, Math.min(band, height - line), tuning.keys()),
                queries,
                room.keys(),
                normalisers,
                rowsAt,
                columnsAt,
                out,
                line,
                row,
                query,
                key,
                n,
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
    int at = layer * layers.heads() + head;
    synchronized (thumbnails) {
      if (thumbnails[at] == null) {
        readThumbnails();
      }
      return thumbnails[at];
    }
  }

  private void readThumbnails() {
    float[] all = card.read(pictures, 0, thumbnails.length * PICTURE);
    for (int h = 0; h < thumbnails.length; h++) {
      thumbnails[h] = Arrays.copyOfRange(all, h * PICTURE, (h + 1) * PICTURE);
    }
  }

  @Override
  public PromptLayer layer(int layer) {
    int d = layers.headDim();
    int heads = layers.heads();
    int kvHeads = layers.kvHeads();
    float[][] keys = new float[kvHeads][];
    float[][] values = new float[kvHeads][];
    float[][][] last = new float[kvHeads][rows][];
    for (int g = 0; g < kvHeads; g++) {
      long at = (long) (layer * kvHeads + g) * n;
      keys[g] = Transposed.of(card.read(room.keys(), at * d, n * d), d, n);
      values[g] = card.read(room.values(), at * d, n * d);
      for (int r = 0; r < rows; r++) {
        last[g][r] = card.read(lastRows, (long) r * layers.allKvHeads() * n + at, n);
      }
    }
    float[][] small = new float[heads][];
    Arrays.setAll(small, h -> thumbnail(layer, h));
    return new PromptLayer(
        queries(layer),
        keys,
        values,
        card.read(normalisers, (long) layer * heads * n, heads * n),
        card.read(received, (long) layer * kvHeads * n, kvHeads * n),
        last,
        small);
  }

  /** A layer's [H, N, d]; those that are not kept are zeros. */
  private float[] queries(int layer) {
    int d = layers.headDim();
    int heads = layers.heads();
    float[] some = card.read(queries, (long) layer * heads * kept * d, heads * kept * d);
    if (kept == n) {
      return some;
    }
    float[] all = new float[heads * n * d];
    for (int h = 0; h < heads; h++) {
      System.arraycopy(some, h * kept * d, all, (h * n + firstKept) * d, kept * d);
    }
    return all;
  }

  @Override
  public void close() {
    own.forEach(Runnable::run);
    own.clear();
  }
}
