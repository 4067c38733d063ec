package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;

/**
 * Causal attention of one layer for a block of queries over all tokens so far, with the statistics
 * that policies score by gathered on the way. Each thread takes some queries of one KV head's group
 * at a time: so few that their scores stay in its processor's own cache between the two products,
 * where the prompt is not too long for that.
 */
final class PromptAttention {
  /** Scores that a thread keeps at a time. */
  private static final int SCORES = 1 << 18;

  private static final int MOST_QUERIES = 128;
  private static final int LEAST_QUERIES = 8;

  private final Kernels kernels;
  private final Memory[] own;
  private final Workers workers;
  private final int n;
  private final Queries kept;
  private final int index;
  private final HostPrompt.Layer layer;
  private final AttentionSpec.Shape shape;

  /** Null where nobody asks. */
  private final MostPaid paid;

  /** What a thread needs, as large as it was needed so far. */
  static final class Memory {
    private float[] queries = new float[0];
    private float[] scores = queries;
    private float[] output = queries;
    private float[] average = queries;

    /** What no picture is made of. */
    private float[] spare = queries;

    private void reserve(int rows, int d, int stride) {
      if (queries.length < rows * d) {
        queries = new float[rows * d];
        output = new float[rows * d];
      }
      if (average.length < stride) {
        average = new float[stride];
        spare = new float[stride];
      }
      if (scores.length < rows * stride) {
        scores = new float[rows * stride];
      }
    }

    /** Gives back what the last prompt needed. */
    void free() {
      queries = new float[0];
      scores = queries;
      output = queries;
      average = queries;
      spare = queries;
    }
  }

  /**
   * @param own one for each thread
   */
  PromptAttention(Kernels kernels, Memory[] own, Workers workers, HostPrompt prompt, int layer) {
    this.kernels = kernels;
    this.own = own;
    this.workers = workers;
    this.n = prompt.tokens();
    this.kept = prompt.queries();
    this.index = layer;
    this.layer = prompt.at(layer);
    this.shape = this.layer.shape();
    this.paid = prompt.paid(layer);
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
    InOrder inOrder = new InOrder(shape.kvHeads() * parts);
    workers.share(
        own.length,
        shape.kvHeads() * parts,
        (thread, i) -> {
          int q = i % parts * atOnce;
          Part part = new Part(i / parts, start + q, Math.min(atOnce, size - q));
          part.attend(own[thread], qkv, mixed, q);
          inOrder.done(i, part);
        });
  }

  /**
   * Adds what parts have gathered to the prompt's in their order, so that the same prompt gives the
   * same sums to the last bit; each as soon as all before it are added.
   */
  private static final class InOrder {
    private final Part[] waiting;
    private int next;

    InOrder(int parts) {
      waiting = new Part[parts];
    }

    synchronized void done(int i, Part part) {
      waiting[i] = part;
      for (; next < waiting.length && waiting[next] != null; next++) {
        waiting[next].finish();
        waiting[next] = null;
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
              for (int h = 0; h < heads; h++) {
                kept.put(index, h, from, to - from, qkv, (from - start) * row + h * d, row);
              }
              for (int i = from; i < to; i++) {
                int at = (i - start) * row;
                for (int g = 0; g < shape.kvHeads(); g++) {
                  int key = at + (heads + g) * d;
                  layer.slots()[g].put(i, qkv, key, qkv, key + shape.kvWidth());
                }
              }
            });
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

    /** Null where no statistics are kept; likewise pictures. */
    private final float[] sums;

    private final Thumbnails[] pictures;
    private final MostPaid.Part most;

    Part(int g, int first, int count) {
      this.g = g;
      this.first = first;
      this.count = count;
      this.seen = first + count;
      boolean keeps = layer.statistics() != null;
      sums = keeps ? new float[seen] : null;
      pictures = keeps ? new Thumbnails[shape.group()] : null;
      if (keeps) {
        Arrays.setAll(pictures, r -> new Thumbnails(first, count, n));
      }
      most = paid == null ? null : paid.new Part(g);
    }

    /**
     * @param row of the block's first one
     */
    void attend(Memory memory, float[] qkv, float[] mixed, int row) {
      int d = shape.headDim();
      int rows = shape.group() * count;
      int padded = Kernels.whole(rows);
      int stride = (seen + Slots.PAGE - 1) / Slots.PAGE * Slots.PAGE;
      memory.reserve(padded, d, stride);
      int width = shape.queryWidth() + 2 * shape.kvWidth();
      for (int r = 0; r < rows; r++) {
        int from = (row + r % count) * width + (g * shape.group() + r / count) * d;
        System.arraycopy(qkv, from, memory.queries, r * d, d);
      }
      Slots slots = layer.slots()[g];
      kernels.scores(memory.queries, padded, slots, seen, memory.scores, stride);
      for (int i = 0; i < count; i++) {
        query(memory, stride, i);
      }
      kernels.mix(memory.scores, padded, stride, slots, seen, memory.output);
      for (int r = 0; r < rows; r++) {
        int to = (row + r % count) * shape.queryWidth() + (g * shape.group() + r / count) * d;
        System.arraycopy(memory.output, r * d, mixed, to, d);
      }
    }

    /** One query of each head; scores turn into probabilities where they lie. */
    private void query(Memory memory, int stride, int i) {
      float[] scores = memory.scores;
      float[] average = memory.average;
      int query = first + i;
      int visible = query + 1;
      int reached = shape.firstReached(query);
      int group = shape.group();
      Arrays.fill(average, 0, visible, 0);
      for (int r = 0; r < group; r++) {
        int h = g * group + r;
        int at = (r * count + i) * stride;
        float[] picture = pictures == null ? memory.spare : pictures[r].lineOf(query, visible);
        layer.normalisers()[h][query - layer.first()] =
            probabilities(scores, at + reached, visible - reached, average, picture, reached);
        if (most != null) {
          most.take(kernels, r, query, scores, at);
        }
        Arrays.fill(scores, at, at + reached, 0);
        Arrays.fill(scores, at + visible, at + seen, 0);
      }
      if (sums == null) {
        return;
      }
      RowProducts.addScaled(sums, average, 1, visible);
      float[][] lastRows = layer.statistics().lastRows()[g];
      int fromLast = query - (n - lastRows.length);
      if (fromLast >= 0) {
        System.arraycopy(average, 0, lastRows[fromLast], 0, visible);
      }
    }

    private float probabilities(
        float[] scores, int from, int n, float[] average, float[] picture, int to) {
      float scale = kernels.capped(scores, from, n, shape);
      return kernels.softmax(scores, from, n, scale, average, 1f / shape.group(), picture, to);
    }

    void finish() {
      if (sums != null) {
        RowProducts.addScaled(layer.statistics().received()[g], sums, 1, seen);
        for (int r = 0; r < pictures.length; r++) {
          pictures[r].pool(layer.statistics().thumbnails()[g * shape.group() + r]);
        }
      }
      if (most != null) {
        most.finish();
      }
    }
  }
}
