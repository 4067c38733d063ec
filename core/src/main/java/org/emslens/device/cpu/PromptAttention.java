package org.emslens.device.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.device.cpu.Blas.Use;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;

/**
 * Causal attention of one layer for a block of queries over all tokens so far, with the statistics
 * that policies score by gathered on the way. Each thread takes some queries of one KV head's group
 * at a time: so few that their scores stay in its processor's own cache between the two products.
 */
final class PromptAttention {
  /** Scores that a thread keeps at a time. */
  private static final int SCORES = 1 << 18;

  private static final int MOST_QUERIES = 128;
  private static final int LEAST_QUERIES = 16;

  private final Kernels kernels;
  private final Blas shared;
  private final Blas[] own;
  private final Workers workers;
  private final int n;
  private final Queries kept;
  private final int index;
  private final HostPrompt.Layer layer;
  private final AttentionSpec.Shape shape;

  /**
   * @param own one for each thread
   */
  PromptAttention(
      Kernels kernels, Blas shared, Blas[] own, Workers workers, HostPrompt prompt, int layer) {
    this.kernels = kernels;
    this.shared = shared;
    this.own = own;
    this.workers = workers;
    this.n = prompt.tokens();
    this.kept = prompt.queries();
    this.index = layer;
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
    int seen = start + size;
    int atOnce = Math.clamp(SCORES / shape.group() / seen, LEAST_QUERIES, MOST_QUERIES);
    int parts = (size + atOnce - 1) / atOnce;
    HostArray keys = shared.array(Use.KEYS, shape.kvHeads() * seen, shape.headDim());
    HostArray values = shared.array(Use.VALUES, shape.kvHeads() * seen, shape.headDim());
    workers.share(own.length, shape.kvHeads(), (thread, g) -> sideBySide(g, seen, keys, values));
    Part[] all = new Part[shape.kvHeads() * parts];
    workers.share(
        own.length,
        all.length,
        (thread, i) -> {
          int g = i / parts;
          int q = i % parts * atOnce;
          int count = Math.min(atOnce, size - q);
          all[i] = new Part(g, start + q, count);
          all[i].attend(
              own[thread],
              qkv,
              keys.rows(g * seen, start + q + count),
              values.rows(g * seen, start + q + count),
              mixed,
              q);
        });
    // In their order, so that the same prompt gives the same sums to the last bit.
    for (Part part : all) {
      part.finish();
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
                  kept.put(index, h, i, qkv, at + h * d);
                }
                for (int g = 0; g < shape.kvHeads(); g++) {
                  int key = at + (heads + g) * d;
                  layer.slots()[g].put(i, qkv, key, qkv, key + shape.kvWidth());
                }
              }
            });
  }

  /** Keys and values of one KV head as products of matrices want them. */
  private void sideBySide(int g, int seen, HostArray keys, HostArray values) {
    int d = shape.headDim();
    Slots slots = layer.slots()[g];
    float[] page = new float[Slots.PAGE * d];
    for (int from = 0; from < seen; from += Slots.PAGE) {
      int count = Math.min(Slots.PAGE, seen - from);
      for (int j = 0; j < count; j++) {
        slots.key(from + j, page, j * d);
      }
      keys.put((g * seen + from) * d, page, 0, count * d);
      values.put((g * seen + from) * d, slots.valuePage(from), 0, count * d);
    }
  }

  /**
   * The query heads of one KV head, for some queries; sums of their own, added to the prompt's at
   * the end.
   */
  private final class Part {
    private final int g;
    private final int first;
    private final int count;
    private final int seen;
    private final float[] average;
    private final float[] sums;
    private final Thumbnails[] pictures = new Thumbnails[shape.group()];

    Part(int g, int first, int count) {
      this.g = g;
      this.first = first;
      this.count = count;
      this.seen = first + count;
      average = new float[seen];
      sums = new float[seen];
      Arrays.setAll(pictures, r -> new Thumbnails(first, count, n));
    }

    void attend(
        Blas blas, float[] qkv, HostArray keys, HostArray values, float[] mixed, int mixedRow) {
      int d = shape.headDim();
      int rows = shape.group() * count;
      HostArray queries = blas.array(Use.QUERIES, rows, d);
      HostArray scores = blas.array(Use.SCORES, rows, seen);
      HostArray output = blas.array(Use.OUTPUT, rows, d);
      int width = shape.queryWidth() + 2 * shape.kvWidth();
      for (int r = 0; r < shape.group(); r++) {
        for (int i = 0; i < count; i++) {
          int from = (mixedRow + i) * width + (g * shape.group() + r) * d;
          queries.put((r * count + i) * d, qkv, from, d);
        }
      }
      queries.written();
      keys.written();
      values.written();
      blas.multiply(queries, keys, scores, true);
      scores.fetch();
      MemorySegment memory = scores.memory();
      for (int i = 0; i < count; i++) {
        query(memory, i);
      }
      scores.written();
      blas.multiply(scores, values, output, false);
      output.fetch();
      for (int r = 0; r < shape.group(); r++) {
        for (int i = 0; i < count; i++) {
          int to = (mixedRow + i) * shape.queryWidth() + (g * shape.group() + r) * d;
          output.get((r * count + i) * d, mixed, to, d);
        }
      }
    }

    /** One query of each head; scores turn into probabilities where they lie. */
    private void query(MemorySegment scores, int i) {
      int query = first + i;
      int visible = query + 1;
      int group = shape.group();
      Arrays.fill(average, 0, visible, 0);
      for (int r = 0; r < group; r++) {
        int h = g * group + r;
        long at = 4L * (r * count + i) * seen;
        float[] picture = pictures[r].lineOf(query, visible);
        layer.normalisers()[h * n + query] =
            kernels.softmax(scores, at, visible, shape.scale(), average, 1f / group, picture);
        scores.asSlice(at + 4L * visible, 4L * (seen - visible)).fill((byte) 0);
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
