package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.device.cpu.Blas.Use;
import org.emslens.math.Exponential;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;

/**
 * Causal attention of one layer for a block of queries over all tokens so far, with the statistics
 * that policies score by gathered on the way. Few queries are taken at a time, so that their scores
 * stay in the processor's cache between the two products.
 */
final class PromptAttention {
  private static final int QUERIES_AT_ONCE = 128;
  private static final int ROWS_PER_TASK = 32;

  private final Blas blas;
  private final int n;
  private final HostPrompt.Layer layer;
  private final AttentionSpec.Shape shape;

  PromptAttention(Blas blas, HostPrompt prompt, int layer) {
    this.blas = blas;
    this.n = prompt.tokens();
    this.layer = prompt.at(layer);
    this.shape = this.layer.shape();
  }

  /**
   * @param qkv queries, keys and values of the block [size, (H + 2G) d], after RoPE
   * @param start first token of the block
   * @param mixed filled with the heads' outputs [size, H d]
   */
  void attend(float[] qkv, int start, int size, float[] mixed) {
    place(qkv, start, size);
    for (int g = 0; g < shape.kvHeads(); g++) {
      Keys keys = new Keys(g, start + size);
      for (int q = 0; q < size; q += QUERIES_AT_ONCE) {
        group(keys, start + q, Math.min(QUERIES_AT_ONCE, size - q), mixed, q);
      }
    }
  }

  /** Puts queries, keys and values where the prompt keeps them by head. */
  private void place(float[] qkv, int start, int size) {
    int d = shape.headDim();
    int heads = shape.heads();
    int row = shape.queryWidth() + 2 * shape.kvWidth();
    // Pages are written by one thread each.
    int first = start / Slots.PAGE;
    int pages = (start + size - 1) / Slots.PAGE - first + 1;
    IntStream.range(0, pages)
        .parallel()
        .forEach(
            p -> {
              int from = Math.max(start, (first + p) * Slots.PAGE);
              int to = Math.min(start + size, (first + p + 1) * Slots.PAGE);
              for (int i = from; i < to; i++) {
                int at = (i - start) * row;
                for (int h = 0; h < heads; h++) {
                  System.arraycopy(qkv, at + h * d, layer.queries(), (h * n + i) * d, d);
                }
                for (int g = 0; g < shape.kvHeads(); g++) {
                  int key = at + (heads + g) * d;
                  layer.slots()[g].put(i, qkv, key, qkv, key + shape.kvWidth());
                }
              }
            });
  }

  /** Keys and values of one KV head side by side, as products of matrices want them. */
  private final class Keys {
    private final int g;
    private final HostArray keys;
    private final HostArray values;

    Keys(int g, int seen) {
      this.g = g;
      int d = shape.headDim();
      keys = blas.array(Use.KEYS, seen, d);
      values = blas.array(Use.VALUES, seen, d);
      Slots slots = layer.slots()[g];
      IntStream.range(0, (seen + Slots.PAGE - 1) / Slots.PAGE)
          .parallel()
          .forEach(
              p -> {
                int from = p * Slots.PAGE;
                int count = Math.min(Slots.PAGE, seen - from);
                float[] rows = new float[count * d];
                for (int j = 0; j < count; j++) {
                  slots.key(from + j, rows, j * d);
                }
                keys.put(from * d, rows, 0, rows.length);
                values.put(from * d, slots.valuePage(from), 0, count * d);
              });
    }

    /** Those of the first tokens, as arrays of their own shape. */
    HostArray keys(int seen) {
      return keys.first(seen);
    }

    HostArray values(int seen) {
      return values.first(seen);
    }
  }

  /** The query heads of one KV head, for queries first..first+count-1. */
  private void group(Keys of, int first, int count, float[] mixed, int mixedRow) {
    int d = shape.headDim();
    int seen = first + count;
    int rows = shape.group() * count;
    HostArray queries = blas.array(Use.QUERIES, rows, d);
    HostArray keys = of.keys(seen);
    HostArray values = of.values(seen);
    HostArray scores = blas.array(Use.SCORES, rows, seen);
    HostArray output = blas.array(Use.OUTPUT, rows, d);
    for (int r = 0; r < shape.group(); r++) {
      int from = ((of.g * shape.group() + r) * n + first) * d;
      queries.put(r * count * d, layer.queries(), from, count * d);
    }
    queries.written();
    keys.written();
    values.written();
    blas.multiply(queries, keys, scores, true);
    scores.fetch();
    softmax(scores, of.g, first, count);
    scores.written();
    blas.multiply(scores, values, output, false);
    output.fetch();
    for (int r = 0; r < shape.group(); r++) {
      for (int i = 0; i < count; i++) {
        int to = (mixedRow + i) * shape.queryWidth() + (of.g * shape.group() + r) * d;
        output.get((r * count + i) * d, mixed, to, d);
      }
    }
  }

  private void softmax(HostArray scores, int g, int first, int count) {
    Part[] parts = new Part[(count + ROWS_PER_TASK - 1) / ROWS_PER_TASK];
    IntStream.range(0, parts.length)
        .parallel()
        .forEach(
            t -> {
              int from = t * ROWS_PER_TASK;
              int to = Math.min(count, from + ROWS_PER_TASK);
              parts[t] = new Part(scores, g, first, count, from, to);
              for (int i = from; i < to; i++) {
                parts[t].query(i);
              }
            });
    // In their order, so that the same prompt gives the same sums to the last bit.
    for (Part part : parts) {
      part.finish();
    }
  }

  /** Some queries of one group; sums of their own, added to the prompt's at the end. */
  private final class Part {
    private final HostArray scores;
    private final int g;
    private final int first;
    private final int count;
    private final int seen;
    private final Exponential exponential = new Exponential();
    private final float[] row;
    private final float[] average;
    private final float[] sums;
    private final Thumbnails[] pictures = new Thumbnails[shape.group()];

    Part(HostArray scores, int g, int first, int count, int from, int to) {
      this.scores = scores;
      this.g = g;
      this.first = first;
      this.count = count;
      this.seen = first + count;
      row = new float[seen];
      average = new float[seen];
      sums = new float[seen];
      Arrays.setAll(pictures, r -> new Thumbnails(first + from, to - from, n));
    }

    void query(int i) {
      int query = first + i;
      int visible = query + 1;
      int group = shape.group();
      Arrays.fill(average, 0, visible, 0);
      for (int r = 0; r < group; r++) {
        int h = g * group + r;
        int at = (r * count + i) * seen;
        scores.get(at, row, 0, visible);
        Arrays.fill(row, visible, seen, 0);
        layer.normalisers()[h * n + query] = exponential.softmax(row, visible, shape.scale(), null);
        scores.put(at, row, 0, seen);
        RowProducts.addScaled(average, row, 1f / group, visible);
        pictures[r].add(row, query, visible);
      }
      RowProducts.addScaled(sums, average, 1, visible);
      float[][] lastRows = layer.lastRows()[g];
      int fromLast = query - (n - lastRows.length);
      if (fromLast >= 0) {
        System.arraycopy(average, 0, lastRows[fromLast], 0, visible);
      }
    }

    void finish() {
      RowProducts.addScaled(layer.received()[g], sums, 1, seen);
      for (int r = 0; r < pictures.length; r++) {
        pictures[r].pool(layer.thumbnails()[g * shape.group() + r]);
      }
    }
  }
}
