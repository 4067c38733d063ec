package org.emslens.engine.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.engine.Prefill;
import org.emslens.math.Exponential;
import org.emslens.math.RowProducts;
import org.emslens.model.ModelConfig;

/**
 * Causal attention of one layer for a block of queries over all tokens so far, with the statistics
 * that policies score by gathered on the way. Few queries are taken at a time, so that their scores
 * stay in the processor's cache between the two products.
 */
final class BlockAttention {
  private static final int QUERIES_AT_ONCE = 128;
  private static final int ROWS_PER_TASK = 32;

  private final Prefill run;
  private final ModelConfig config;
  private final int layer;

  BlockAttention(Prefill run, int layer) {
    this.run = run;
    this.config = run.config();
    this.layer = layer;
  }

  /**
   * @param qkv queries, keys and values of the block [size, (H + 2G) d], before RoPE
   * @param start first token of the block
   * @param mixed filled with the heads' outputs [size, H d]
   */
  void attend(Batch batch, float[] qkv, int start, int size, Rope rope, float[] mixed) {
    place(qkv, start, size, rope);
    for (int q = 0; q < size; q += QUERIES_AT_ONCE) {
      int count = Math.min(QUERIES_AT_ONCE, size - q);
      for (int g = 0; g < config.kvHeads(); g++) {
        group(batch, g, start + q, count, mixed, q);
      }
    }
  }

  /** Rotates queries and keys and puts them, and the values, where the run keeps them by head. */
  private void place(float[] qkv, int start, int size, Rope rope) {
    int d = config.headDim();
    int n = run.tokens();
    int heads = config.heads();
    int kvHeads = config.kvHeads();
    IntStream.range(0, size)
        .parallel()
        .forEach(
            i -> {
              float[] angles = new float[d];
              rope.angles(start + i, angles);
              int row = i * (heads + 2 * kvHeads) * d;
              for (int h = 0; h < heads + kvHeads; h++) {
                rope.rotate(qkv, row + h * d, angles);
              }
              for (int h = 0; h < heads; h++) {
                int to = (h * n + start + i) * d;
                System.arraycopy(qkv, row + h * d, run.queries()[layer], to, d);
              }
              for (int g = 0; g < kvHeads; g++) {
                int to = (start + i) * d;
                int key = row + (heads + g) * d;
                System.arraycopy(qkv, key, run.keys()[layer * kvHeads + g], to, d);
                System.arraycopy(qkv, key + kvHeads * d, run.values()[layer * kvHeads + g], to, d);
              }
            });
  }

  /** The query heads of one KV head, for queries first..first+count-1. */
  private void group(Batch batch, int g, int first, int count, float[] mixed, int mixedRow) {
    int d = config.headDim();
    int n = run.tokens();
    int seen = first + count;
    int rows = config.group() * count;
    HostArray queries = batch.scratch(0, rows, d);
    HostArray keys = batch.scratch(1, seen, d);
    HostArray values = batch.scratch(2, seen, d);
    HostArray scores = batch.scratch(3, rows, seen);
    HostArray output = batch.scratch(4, rows, d);
    for (int r = 0; r < config.group(); r++) {
      int from = ((g * config.group() + r) * n + first) * d;
      queries.put(r * count * d, run.queries()[layer], from, count * d);
    }
    keys.put(0, run.keys()[layer * config.kvHeads() + g], 0, seen * d);
    values.put(0, run.values()[layer * config.kvHeads() + g], 0, seen * d);
    queries.written();
    keys.written();
    values.written();
    batch.multiply(queries, keys, scores, true);
    scores.fetch();
    softmax(scores, g, first, count);
    scores.written();
    batch.multiply(scores, values, output, false);
    output.fetch();
    for (int r = 0; r < config.group(); r++) {
      for (int i = 0; i < count; i++) {
        int to = (mixedRow + i) * config.queryWidth() + (g * config.group() + r) * d;
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

  /** Some queries of one group; sums of their own, added to the run's at the end. */
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

    private final Thumbnails[] pictures = new Thumbnails[config.group()];

    Part(HostArray scores, int g, int first, int count, int from, int to) {
      this.scores = scores;
      this.g = g;
      this.first = first;
      this.count = count;
      this.seen = first + count;
      row = new float[seen];
      average = new float[seen];
      sums = new float[seen];
      Arrays.setAll(pictures, r -> new Thumbnails(first + from, to - from, run.tokens()));
    }

    void query(int i) {
      int query = first + i;
      int visible = query + 1;
      int group = config.group();
      float scale = (float) (1 / Math.sqrt(config.headDim()));
      Arrays.fill(average, 0, visible, 0);
      for (int r = 0; r < group; r++) {
        int h = g * group + r;
        int at = (r * count + i) * seen;
        scores.get(at, row, 0, visible);
        Arrays.fill(row, visible, seen, 0);
        run.normalisers()[layer][h * run.tokens() + query] =
            exponential.softmax(row, visible, scale, null);
        scores.put(at, row, 0, seen);
        RowProducts.addScaled(average, row, 1f / group, visible);
        pictures[r].add(row, query, visible);
      }
      RowProducts.addScaled(sums, average, 1, visible);
      int fromLast = query - (run.tokens() - run.lastRowCount());
      if (fromLast >= 0) {
        int to = (g * run.lastRowCount() + fromLast) * run.tokens();
        System.arraycopy(average, 0, run.lastRows()[layer], to, visible);
      }
    }

    void finish() {
      float[] received = run.received()[layer];
      for (int j = 0; j < seen; j++) {
        received[g * run.tokens() + j] += sums[j];
      }
      for (int r = 0; r < pictures.length; r++) {
        pictures[r].pool(run.thumbnails()[layer * config.heads() + g * config.group() + r]);
      }
    }
  }
}
