package org.emslens.device.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.emslens.device.CacheMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Repeated;
import org.emslens.math.Exponential;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;

/** A prompt's attention in the computer's own memory, where recordings live too. */
public final class HostPrompt implements PromptMemory {
  /** Queries of a map that are multiplied at a time. */
  private static final int BAND = 32;

  private static final int TASKS_PER_THREAD = 4;

  private final Kernels kernels;
  private final int n;
  private final Queries queries;
  private final Layer[] layers;

  /** Per layer, of a prompt that is continued by a part of it. */
  private final MostPaid[] most;

  /**
   * What is kept of one layer; see {@link PromptLayer}.
   *
   * @param slots [G]
   * @param first of the tokens whose normalisers are kept
   * @param normalisers [H][tokens from the first]
   * @param statistics null for what follows another prompt
   */
  record Layer(
      AttentionSpec.Shape shape,
      Slots[] slots,
      int first,
      float[][] normalisers,
      Statistics statistics) {

    static Layer of(AttentionSpec.Shape s, Slots[] slots, int first, int n, Statistics statistics) {
      return new Layer(s, slots, first, new float[s.heads()][n - first], statistics);
    }
  }

  /**
   * What is gathered while a layer attends; see {@link PromptLayer}.
   *
   * @param received [G][N]
   */
  record Statistics(float[][] received, float[][][] lastRows, float[][] thumbnails) {

    static Statistics of(AttentionSpec.Shape s, int n, int lastRows) {
      return new Statistics(
          new float[s.kvHeads()][n],
          new float[s.kvHeads()][lastRows][n],
          new float[s.heads()][THUMBNAIL * THUMBNAIL]);
    }
  }

  private HostPrompt(Kernels kernels, int n, Queries queries, Layer[] layers, MostPaid[] most) {
    this.kernels = kernels;
    this.n = n;
    this.queries = queries;
    this.layers = layers;
    this.most = most;
  }

  /** Room for n tokens. */
  static HostPrompt empty(Kernels kernels, List<AttentionSpec.Shape> shapes, int n, int lastRows) {
    Layer[] layers = new Layer[shapes.size()];
    for (int l = 0; l < layers.length; l++) {
      AttentionSpec.Shape s = shapes.get(l);
      Slots[] slots = new Slots[s.kvHeads()];
      Arrays.setAll(slots, g -> new Slots(s.headDim(), n));
      layers[l] = Layer.of(s, slots, 0, n, Statistics.of(s, n, lastRows));
    }
    return new HostPrompt(
        kernels, n, Queries.of(shapes, 0, n), layers, new MostPaid[layers.length]);
  }

  /** One whose attention was computed elsewhere; `kept` is not copied where that can be. */
  public static HostPrompt of(List<AttentionSpec.Shape> shapes, List<PromptLayer> kept) {
    Layer[] layers = new Layer[shapes.size()];
    int n = kept.getFirst().normalisers().length / shapes.getFirst().heads();
    Queries queries = Queries.of(shapes, 0, n);
    for (int l = 0; l < layers.length; l++) {
      AttentionSpec.Shape s = shapes.get(l);
      PromptLayer p = kept.get(l);
      Slots[] slots = new Slots[s.kvHeads()];
      float[][] received = new float[s.kvHeads()][];
      for (int g = 0; g < slots.length; g++) {
        slots[g] = Slots.of(s.headDim(), p.keys()[g], p.values()[g]);
        received[g] = Arrays.copyOfRange(p.received(), g * n, (g + 1) * n);
      }
      float[][] normalisers = new float[s.heads()][];
      Arrays.setAll(normalisers, h -> Arrays.copyOfRange(p.normalisers(), h * n, (h + 1) * n));
      layers[l] =
          new Layer(
              s,
              slots,
              0,
              normalisers,
              new Statistics(received, p.lastRows().clone(), p.thumbnails()));
      for (int h = 0; h < p.queries().length / (n * s.headDim()); h++) {
        queries.put(l, h, 0, n, p.queries(), h * n * s.headDim(), s.headDim());
      }
    }
    return new HostPrompt(Kernels.get(), n, queries, layers, new MostPaid[layers.length]);
  }

  /** One to be filled with {@link #put}. */
  public HostPrompt continued(int more) {
    return continued(more, Queries.of(shapes(), n, n + more), new MostPaid[layers.length]);
  }

  @Override
  public PromptMemory continued(int more, Repeated part) {
    MostPaid[] paid = new MostPaid[layers.length];
    Arrays.setAll(paid, l -> new MostPaid(layers[l].shape, n, part, part.weights()[l]));
    Queries kept = part.keepsMap() ? Queries.of(shapes(), n, n + more) : Queries.none();
    return continued(more, kept, paid);
  }

  /** The prompt's own pages of slots are shared. */
  private HostPrompt continued(int more, Queries queries, MostPaid[] most) {
    int all = n + more;
    Layer[] longer = new Layer[layers.length];
    for (int l = 0; l < longer.length; l++) {
      Slots[] slots = new Slots[layers[l].slots.length];
      Slots[] own = layers[l].slots;
      Arrays.setAll(slots, g -> own[g].copy(all));
      longer[l] = Layer.of(layers[l].shape, slots, n, all, null);
    }
    return new HostPrompt(kernels, all, queries, longer, most);
  }

  private List<AttentionSpec.Shape> shapes() {
    return Arrays.stream(layers).map(Layer::shape).toList();
  }

  /**
   * Sets a layer's queries that were computed elsewhere, whose own keys nobody asks for.
   *
   * @param first of the tokens they are of
   * @param from [H, rows, d]
   * @param logarithms of their normalisers [H, rows]
   */
  public void put(int layer, int first, int rows, float[] from, float[] logarithms) {
    AttentionSpec.Shape s = layers[layer].shape;
    int d = s.headDim();
    for (int h = 0; h < s.heads(); h++) {
      queries.put(layer, h, first, rows, from, h * rows * d, d);
      float[] to = layers[layer].normalisers[h];
      System.arraycopy(logarithms, h * rows, to, first - layers[layer].first, rows);
    }
  }

  @Override
  public int tokens() {
    return n;
  }

  int layers() {
    return layers.length;
  }

  Queries queries() {
    return queries;
  }

  Layer at(int layer) {
    return layers[layer];
  }

  /** What is gathered while a layer attends, or null. */
  MostPaid paid(int layer) {
    return most[layer];
  }

  @Override
  public CacheMemory cache(int window) {
    HeadCache[][] heads = new HeadCache[layers.length][];
    IntStream.range(0, layers.length)
        .parallel()
        .forEach(
            l -> {
              Layer k = layers[l];
              heads[l] = new HeadCache[k.slots.length];
              for (int g = 0; g < heads[l].length; g++) {
                moreRows(l, g, Math.min(n, window));
                heads[l][g] =
                    new HeadCache(
                        k.slots[g],
                        k.shape.window(),
                        window,
                        k.statistics.received[g],
                        k.statistics.lastRows[g]);
              }
            });
    return new HostCache(kernels, shapes(), heads);
  }

  /** Computes older rows of attention where a window asks for more than were kept. */
  private void moreRows(int layer, int g, int wanted) {
    Layer k = layers[layer];
    float[][] kept = k.statistics.lastRows[g];
    if (wanted <= kept.length) {
      return;
    }
    float[][] rows = new float[wanted][];
    int missing = wanted - kept.length;
    System.arraycopy(kept, 0, rows, missing, kept.length);
    float[] query = new float[k.shape.headDim()];
    float[] row = new float[n];
    Exponential exponential = new Exponential();
    int group = k.shape.group();
    for (int i = 0; i < missing; i++) {
      rows[i] = new float[n];
      int token = n - wanted + i;
      for (int h = g * group; h < (g + 1) * group; h++) {
        queries.get(layer, h, token, 1, query, 0);
        row(k, h, token, query, row, exponential);
        RowProducts.addScaled(rows[i], row, 1f / group, token + 1);
      }
    }
    k.statistics.lastRows[g] = rows;
  }

  @Override
  public float[] thumbnail(int layer, int head) {
    return layers[layer].statistics.thumbnails[head];
  }

  @Override
  public PromptLayer layer(int layer) {
    Layer k = layers[layer];
    float[][] keys = new float[k.slots.length][];
    float[][] values = new float[k.slots.length][];
    Statistics s = k.statistics == null ? Statistics.of(k.shape, n, 0) : k.statistics;
    float[] received = new float[k.slots.length * n];
    float[] normalisers = new float[k.normalisers.length * n];
    for (int g = 0; g < keys.length; g++) {
      keys[g] = k.slots[g].keys(n);
      values[g] = k.slots[g].values(n);
      System.arraycopy(s.received[g], 0, received, g * n, n);
    }
    for (int h = 0; h < k.normalisers.length; h++) {
      System.arraycopy(k.normalisers[h], 0, normalisers, h * n + k.first, n - k.first);
    }
    return new PromptLayer(
        queries.layer(layer), keys, values, normalisers, received, s.lastRows, s.thumbnails);
  }

  @Override
  public float[] map(
      int layer, int head, int[] rowBounds, int[] columnBounds, BooleanSupplier cancelled) {
    int rows = rowBounds.length - 1;
    int columns = columnBounds.length - 1;
    float[] out = new float[rows * columns];
    List<Integer> tasks = tasks(rowBounds);
    IntStream.range(0, tasks.size() - 1)
        .parallel()
        .forEach(
            t -> {
              Band band = new Band(layers[layer], layer, head);
              for (int r = tasks.get(t); r < tasks.get(t + 1); r++) {
                for (int i = rowBounds[r]; i < rowBounds[r + 1]; i++) {
                  if (cancelled.getAsBoolean()) {
                    return;
                  }
                  float[] row = band.of(i, rowBounds[tasks.get(t + 1)]);
                  pool(row, i, columnBounds, out, r * columns);
                }
              }
            });
    return out;
  }

  @Override
  public float[][] most(int layer, int head) {
    if (most[layer] == null) {
      throw new IllegalStateException("follows no prompt");
    }
    return most[layer].of(head);
  }

  /**
   * Where parts of a map begin whose rows are computed one after the other: few, since each needs
   * memory of its own, of enough queries.
   */
  private static List<Integer> tasks(int[] rowBounds) {
    List<Integer> first = new ArrayList<>(List.of(0));
    int rows = rowBounds.length - 1;
    int parts = TASKS_PER_THREAD * Runtime.getRuntime().availableProcessors();
    int least = Math.max(BAND, (rowBounds[rows] - rowBounds[0]) / parts);
    for (int r = 1; r < rows; r++) {
      if (rowBounds[r] - rowBounds[first.getLast()] >= least) {
        first.add(r);
      }
    }
    first.add(rows);
    return first;
  }

  /** The largest of each column's. */
  private static void pool(float[] row, int query, int[] columnBounds, float[] out, int to) {
    for (int c = 0; c + 1 < columnBounds.length && columnBounds[c] <= query; c++) {
      int first = columnBounds[c];
      int end = Math.min(query + 1, columnBounds[c + 1]);
      float most = end == first + 1 ? row[first] : Exponential.max(row, first, end);
      out[to + c] = Math.max(out[to + c], most);
    }
  }

  /** Probabilities of some queries of a head that follow one another. */
  private final class Band {
    private final Layer layer;
    private final int index;
    private final int head;
    private final int stride = (n + Slots.PAGE - 1) / Slots.PAGE * Slots.PAGE;
    private final Exponential exponential = new Exponential();
    private final float[] row = new float[n];
    private float[] queries = new float[0];
    private float[] scores = queries;
    private int first;
    private int end;

    Band(Layer layer, int index, int head) {
      this.layer = layer;
      this.index = index;
      this.head = head;
    }

    /**
     * Probabilities of a token's query for the keys up to its own; overwritten by the next.
     *
     * @param tokens where the queries that are asked for end
     */
    float[] of(int token, int tokens) {
      multiply(token, tokens);
      System.arraycopy(scores, (token - first) * stride, row, 0, token + 1);
      normalise(layer, head, token, row, exponential);
      return row;
    }

    /** Products of a token's query, and of those that follow, unless they are there already. */
    private void multiply(int token, int tokens) {
      if (token < end) {
        return;
      }
      int count = Math.min(BAND, tokens - token);
      int d = layer.shape.headDim();
      int padded = Kernels.whole(count);
      if (scores.length < padded * stride) {
        queries = new float[padded * d];
        scores = new float[padded * stride];
      }
      HostPrompt.this.queries.get(index, head, token, count, queries, 0);
      Slots slots = layer.slots[head / layer.shape.group()];
      kernels.scores(queries, padded, slots, token + count, scores, stride);
      first = token;
      end = token + count;
    }
  }

  /** Probabilities of one query for the keys up to its own. */
  private void row(
      Layer k, int head, int token, float[] query, float[] out, Exponential exponential) {
    kernels.scores(query, 0, k.slots[head / k.shape.group()], 0, token + 1, out);
    normalise(k, head, token, out, exponential);
  }

  /** Makes probabilities of products. */
  private void normalise(Layer k, int head, int token, float[] row, Exponential exponential) {
    int visible = token + 1;
    float scale = kernels.capped(row, 0, visible, k.shape);
    exponential.probabilities(row, visible, scale, k.normalisers[head][token - k.first]);
    Arrays.fill(row, 0, k.shape.firstReached(token), 0);
  }

  @Override
  public void close() {
    // The garbage collector sees to it.
  }
}
