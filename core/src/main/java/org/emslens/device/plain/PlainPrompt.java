package org.emslens.device.plain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.emslens.device.CacheMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Repeated;
import org.emslens.model.AttentionSpec;

/** A prompt's attention, every number where one would look for it. */
final class PlainPrompt implements PromptMemory {
  private final int n;
  private final int lastRows;
  private final List<Layer> layers = new ArrayList<>();

  /** What is said again; null where nobody asks for the most that is paid to it. */
  private Repeated part;

  /** What is kept of one layer; see {@link PromptLayer}. */
  static final class Layer {
    final AttentionSpec.Shape shape;

    /** [H][N][d]. */
    final float[][][] queries;

    /** [G][N][d]. */
    final float[][][] keys;

    /** [G][N][d]. */
    final float[][][] values;

    /** [H][N]. */
    final double[][] normalisers;

    /** [G][N]. */
    final double[][] received;

    /** [G][rows][N]. */
    final double[][][] lastRows;

    /** [H][T * T]. */
    final float[][] thumbnails;

    Layer(AttentionSpec.Shape shape, int n, int rows) {
      this.shape = shape;
      queries = new float[shape.heads()][n][shape.headDim()];
      keys = new float[shape.kvHeads()][n][shape.headDim()];
      values = new float[shape.kvHeads()][n][shape.headDim()];
      normalisers = new double[shape.heads()][n];
      received = new double[shape.kvHeads()][n];
      lastRows = new double[shape.kvHeads()][rows][n];
      thumbnails = new float[shape.heads()][THUMBNAIL * THUMBNAIL];
    }

    /** What is exponentiated; minus infinity where the query does not reach the key. */
    double score(int h, int query, int key) {
      return shape.reaches(query, key)
          ? Softmax.score(shape, Softmax.dot(queries[h][query], 0, keys[h / shape.group()][key]))
          : Double.NEGATIVE_INFINITY;
    }
  }

  PlainPrompt(List<AttentionSpec.Shape> shapes, int n, int lastRows) {
    this.n = n;
    this.lastRows = lastRows;
    shapes.forEach(s -> layers.add(new Layer(s, n, lastRows)));
  }

  /** One that was computed elsewhere. */
  static PlainPrompt of(List<AttentionSpec.Shape> shapes, List<PromptLayer> kept) {
    int n = kept.getFirst().normalisers().length / shapes.getFirst().heads();
    PlainPrompt p = new PlainPrompt(shapes, n, kept.getFirst().lastRows()[0].length);
    for (int l = 0; l < kept.size(); l++) {
      Layer to = p.layers.get(l);
      PromptLayer from = kept.get(l);
      int d = to.shape.headDim();
      for (int h = 0; h < to.shape.heads(); h++) {
        for (int i = 0; i < n; i++) {
          System.arraycopy(from.queries(), (h * n + i) * d, to.queries[h][i], 0, d);
          to.normalisers[h][i] = from.normalisers()[h * n + i];
        }
        to.thumbnails[h] = from.thumbnails()[h];
      }
      for (int g = 0; g < to.shape.kvHeads(); g++) {
        for (int i = 0; i < n; i++) {
          System.arraycopy(from.keys()[g], i * d, to.keys[g][i], 0, d);
          System.arraycopy(from.values()[g], i * d, to.values[g][i], 0, d);
          to.received[g][i] = from.received()[g * n + i];
          for (int r = 0; r < p.lastRows; r++) {
            to.lastRows[g][r][i] = from.lastRows()[g][r][i];
          }
        }
      }
    }
    return p;
  }

  @Override
  public PromptMemory continued(int more, Repeated repeated) {
    PlainPrompt p = continued(more);
    p.part = repeated;
    return p;
  }

  @Override
  public float[][] most(int layer, int head) {
    if (part == null) {
      throw new IllegalStateException("follows no prompt");
    }
    Layer k = layers.get(layer);
    float[][] weights = part.weights()[layer];
    int columns = n - weights[0].length;
    float[][] most = new float[weights.length][columns];
    double[] p = new double[n];
    for (int i = columns; i < n; i++) {
      double counted = 0;
      for (int j = 0; j <= i; j++) {
        p[j] = Math.exp(k.score(head, i, j) - k.normalisers[head][i]);
        counted += part.counts(j, columns) ? p[j] : 0;
      }
      for (int w = 0; w < most.length; w++) {
        for (int j = part.from(); j < part.to(); j++) {
          float paid = (float) (weights[w][i - columns] * p[j] / counted);
          most[w][j] = Math.max(most[w][j], paid);
        }
      }
    }
    return most;
  }

  private PlainPrompt continued(int more) {
    PlainPrompt p = new PlainPrompt(layers.stream().map(l -> l.shape).toList(), n + more, 1);
    for (int l = 0; l < layers.size(); l++) {
      for (int g = 0; g < layers.get(l).shape.kvHeads(); g++) {
        System.arraycopy(layers.get(l).keys[g], 0, p.layers.get(l).keys[g], 0, n);
        System.arraycopy(layers.get(l).values[g], 0, p.layers.get(l).values[g], 0, n);
      }
    }
    return p;
  }

  @Override
  public int tokens() {
    return n;
  }

  /** Attends as {@link org.emslens.device.Device#attend} says. */
  void attend(int layer, float[][] qkv, int first, int count, float[][] y) {
    Layer k = layers.get(layer);
    AttentionSpec.Shape s = k.shape;
    int d = s.headDim();
    for (int t = 0; t < count; t++) {
      for (int h = 0; h < s.heads(); h++) {
        System.arraycopy(qkv[t], h * d, k.queries[h][first + t], 0, d);
      }
      for (int g = 0; g < s.kvHeads(); g++) {
        int key = s.queryWidth() + g * d;
        System.arraycopy(qkv[t], key, k.keys[g][first + t], 0, d);
        System.arraycopy(qkv[t], key + s.kvWidth(), k.values[g][first + t], 0, d);
      }
    }
    for (int t = 0; t < count; t++) {
      for (int h = 0; h < s.heads(); h++) {
        query(k, h, first + t, y[t]);
      }
    }
  }

  private void query(Layer k, int h, int query, float[] y) {
    AttentionSpec.Shape s = k.shape;
    int g = h / s.group();
    double[] p = new double[query + 1];
    for (int j = 0; j <= query; j++) {
      p[j] = k.score(h, query, j);
    }
    k.normalisers[h][query] = Softmax.of(p);
    for (int i = 0; i < s.headDim(); i++) {
      double sum = 0;
      for (int j = 0; j <= query; j++) {
        sum += p[j] * k.values[g][j][i];
      }
      y[h * s.headDim() + i] = (float) sum;
    }
    int row = query - (n - lastRows);
    for (int j = 0; j <= query; j++) {
      k.received[g][j] += p[j] / s.group();
      if (row >= 0) {
        k.lastRows[g][row][j] += p[j] / s.group();
      }
      int pixel = pixel(query) * THUMBNAIL + pixel(j);
      k.thumbnails[h][pixel] = Math.max(k.thumbnails[h][pixel], (float) p[j]);
    }
  }

  /** A token's attention, averaged over a group's heads [N]. */
  private double[] attention(Layer k, int g, int token) {
    if (token >= n - lastRows) {
      return k.lastRows[g][token - n + lastRows];
    }
    double[] average = new double[n];
    for (int h = g * k.shape.group(); h < (g + 1) * k.shape.group(); h++) {
      for (int j = 0; j <= token; j++) {
        average[j] += Math.exp(k.score(h, token, j) - k.normalisers[h][token]) / k.shape.group();
      }
    }
    return average;
  }

  private int pixel(int token) {
    return (int) ((long) token * THUMBNAIL / n);
  }

  @Override
  public CacheMemory cache(int window) {
    PlainHead[][] heads = new PlainHead[layers.size()][];
    for (int l = 0; l < heads.length; l++) {
      Layer k = layers.get(l);
      heads[l] = new PlainHead[k.shape.kvHeads()];
      for (int g = 0; g < heads[l].length; g++) {
        PlainHead head = new PlainHead(window);
        for (int j = 0; j < n; j++) {
          int seen = n - j;
          int queries = k.shape.window() == 0 ? seen : Math.min(seen, k.shape.window());
          head.add(
              new PlainHead.Slot(k.keys[g][j], k.values[g][j], k.received[g][j], queries, j, 0));
        }
        for (int i = Math.max(0, n - window); i < n; i++) {
          head.remember(attention(k, g, i));
        }
        heads[l][g] = head;
      }
    }
    return new PlainCache(layers.stream().map(l -> l.shape).toList(), heads);
  }

  @Override
  public float[] map(
      int layer, int head, int[] rowBounds, int[] columnBounds, BooleanSupplier cancelled) {
    Layer k = layers.get(layer);
    int columns = columnBounds.length - 1;
    float[] out = new float[(rowBounds.length - 1) * columns];
    for (int r = 0; r + 1 < rowBounds.length; r++) {
      for (int i = rowBounds[r]; i < rowBounds[r + 1] && !cancelled.getAsBoolean(); i++) {
        for (int c = 0; c < columns; c++) {
          for (int j = columnBounds[c]; j < columnBounds[c + 1] && j <= i; j++) {
            float p = (float) Math.exp(k.score(head, i, j) - k.normalisers[head][i]);
            out[r * columns + c] = Math.max(out[r * columns + c], p);
          }
        }
      }
    }
    return out;
  }

  @Override
  public float[] thumbnail(int layer, int head) {
    return layers.get(layer).thumbnails[head];
  }

  @Override
  public PromptLayer layer(int layer) {
    Layer k = layers.get(layer);
    float[][] queries = Arrays.stream(k.queries).map(PlainPrompt::flat).toArray(float[][]::new);
    float[][][] rows =
        Arrays.stream(k.lastRows)
            .map(head -> Arrays.stream(head).map(PlainPrompt::floats).toArray(float[][]::new))
            .toArray(float[][][]::new);
    return new PromptLayer(
        flat(queries),
        Arrays.stream(k.keys).map(PlainPrompt::flat).toArray(float[][]::new),
        Arrays.stream(k.values).map(PlainPrompt::flat).toArray(float[][]::new),
        flat(Arrays.stream(k.normalisers).map(PlainPrompt::floats).toArray(float[][]::new)),
        flat(Arrays.stream(k.received).map(PlainPrompt::floats).toArray(float[][]::new)),
        rows,
        k.thumbnails);
  }

  /** Rows, one after the other. */
  static float[] flat(float[][] rows) {
    float[] all = new float[Arrays.stream(rows).mapToInt(r -> r.length).sum()];
    int at = 0;
    for (float[] row : rows) {
      System.arraycopy(row, 0, all, at, row.length);
      at += row.length;
    }
    return all;
  }

  private static float[] floats(double[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) x[i];
    }
    return out;
  }

  @Override
  public void close() {
    // The garbage collector sees to it.
  }
}
