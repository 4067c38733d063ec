package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;

/** What a card keeps of a prompt, which comes from elsewhere and goes there; see prompt.cl. */
final class PromptBuffers implements AutoCloseable {
  private static final int PICTURE = PromptMemory.THUMBNAIL * PromptMemory.THUMBNAIL;

  private final Card card;
  private final Layers layers;
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

  /**
   * Room for n tokens.
   *
   * @param rows of the last queries' attention that are kept
   * @param firstKept the first token whose query is kept
   */
  PromptBuffers(Card card, Layers layers, int n, int rows, int firstKept) {
    this.card = card;
    this.layers = layers;
    this.n = n;
    this.rows = rows;
    this.firstKept = firstKept;
    kept = n - firstKept;
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

  int tokens() {
    return n;
  }

  int rows() {
    return rows;
  }

  int firstKept() {
    return firstKept;
  }

  int kept() {
    return kept;
  }

  Room room() {
    return room;
  }

  Buffer queries() {
    return queries;
  }

  Buffer normalisers() {
    return normalisers;
  }

  Buffer received() {
    return received;
  }

  Buffer lastRows() {
    return lastRows;
  }

  Buffer pictures() {
    return pictures;
  }

  /** Sets a layer that was computed elsewhere. */
  void put(int layer, PromptLayer from) {
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

  /**
   * Room for tokens that follow, with this one's keys and values, which take the way through the
   * computer's memory: it is made once for a prompt.
   */
  PromptBuffers continued(int more) {
    int d = layers.headDim();
    int all = n + more;
    PromptBuffers p = new PromptBuffers(card, layers, all, 1, n);
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

  float[] thumbnail(int layer, int head) {
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

  /** A copy of a layer. */
  PromptLayer layer(int layer) {
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
