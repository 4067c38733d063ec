package org.emslens.engine.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.engine.Prefill;
import org.emslens.math.Exponential;
import org.emslens.model.ModelConfig;

/**
 * Causal attention of one layer for a block of queries over all tokens so far, with the statistics
 * that policies score by gathered on the way.
 */
final class BlockAttention {
  private static final int ROWS_PER_TASK = 32;

  private final Prefill run;
  private final ModelConfig config;
  private final int layer;
  private final int start;
  private final int size;
  private final int seen;
  private final Rope rope;

  /**
   * @param start first token of the block
   */
  BlockAttention(Prefill run, int layer, int start, int size, Rope rope) {
    this.run = run;
    this.config = run.config();
    this.layer = layer;
    this.start = start;
    this.size = size;
    this.seen = start + size;
    this.rope = rope;
  }

  /**
   * @param qkv queries, keys and values of the block [size, (H + 2G) d], before RoPE
   * @param mixed filled with the heads' outputs [size, H d]
   */
  void attend(Batch batch, float[] qkv, float[] mixed) {
    place(qkv);
    int d = config.headDim();
    int rows = config.group() * size;
    HostArray queries = new HostArray(rows, d);
    HostArray keys = new HostArray(seen, d);
    HostArray values = new HostArray(seen, d);
    HostArray scores = new HostArray(rows, seen);
    HostArray output = new HostArray(rows, d);
    float[] out = new float[rows * d];
    int n = run.tokens();
    for (int g = 0; g < config.kvHeads(); g++) {
      for (int r = 0; r < config.group(); r++) {
        int h = g * config.group() + r;
        queries.put(r * size * d, run.queries()[layer], (h * n + start) * d, size * d);
      }
      keys.put(0, run.keys()[layer], g * n * d, seen * d);
      values.put(0, run.values()[layer], g * n * d, seen * d);
      queries.written();
      keys.written();
      values.written();
      batch.multiply(queries, keys, scores, true);
      scores.fetch();
      softmax(scores, g);
      scores.written();
      batch.multiply(scores, values, output, false);
      output.fetch();
      output.get(0, out, 0, out.length);
      for (int r = 0; r < config.group(); r++) {
        for (int i = 0; i < size; i++) {
          int to = i * config.queryWidth() + (g * config.group() + r) * d;
          System.arraycopy(out, (r * size + i) * d, mixed, to, d);
        }
      }
    }
    for (HostArray a : new HostArray[] {queries, keys, values, scores, output}) {
      a.close();
    }
  }

  /** Rotates queries and keys and puts them, and the values, where the run keeps them by head. */
  private void place(float[] qkv) {
    int d = config.headDim();
    int n = run.tokens();
    int heads = config.heads();
    int kvHeads = config.kvHeads();
    float[] angles = new float[d];
    for (int i = 0; i < size; i++) {
      rope.angles(start + i, angles);
      int row = i * (heads + 2 * kvHeads) * d;
      for (int h = 0; h < heads + kvHeads; h++) {
        rope.rotate(qkv, row + h * d, angles);
      }
      for (int h = 0; h < heads; h++) {
        System.arraycopy(qkv, row + h * d, run.queries()[layer], (h * n + start + i) * d, d);
      }
      for (int g = 0; g < kvHeads; g++) {
        int to = (g * n + start + i) * d;
        System.arraycopy(qkv, row + (heads + g) * d, run.keys()[layer], to, d);
        System.arraycopy(qkv, row + (heads + kvHeads + g) * d, run.values()[layer], to, d);
      }
    }
  }

  private void softmax(HostArray scores, int g) {
    int tasks = (size + ROWS_PER_TASK - 1) / ROWS_PER_TASK;
    IntStream.range(0, tasks)
        .parallel()
        .forEach(
            t -> {
              Part part = new Part(scores, g);
              int last = Math.min(size, (t + 1) * ROWS_PER_TASK);
              for (int i = t * ROWS_PER_TASK; i < last; i++) {
                part.query(i);
              }
              part.finish();
            });
  }

  /** Some queries of one group; a thread's own sums, added to the run's at the end. */
  private final class Part {
    private final HostArray scores;
    private final int g;
    private final Exponential exponential = new Exponential();
    private final float[] row = new float[seen];
    private final float[] average = new float[seen];
    private final float[] sums = new float[seen];

    Part(HostArray scores, int g) {
      this.scores = scores;
      this.g = g;
    }

    void query(int i) {
      int visible = start + i + 1;
      int group = config.group();
      float scale = (float) (1 / Math.sqrt(config.headDim()));
      Arrays.fill(average, 0);
      for (int r = 0; r < group; r++) {
        int h = g * group + r;
        int at = (r * size + i) * seen;
        scores.get(at, row, 0, visible);
        Arrays.fill(row, visible, seen, 0);
        run.normalisers()[layer][h * run.tokens() + start + i] =
            exponential.softmax(row, visible, scale, null);
        scores.put(at, row, 0, seen);
        for (int j = 0; j < visible; j++) {
          average[j] += row[j];
        }
        Thumbnails.add(
            run.thumbnails()[layer * config.heads() + h], row, start + i, visible, run.tokens());
      }
      for (int j = 0; j < visible; j++) {
        average[j] /= group;
        sums[j] += average[j];
      }
      int fromLast = start + i - (run.tokens() - run.lastRowCount());
      if (fromLast >= 0) {
        int to = (g * run.lastRowCount() + fromLast) * run.tokens();
        System.arraycopy(average, 0, run.lastRows()[layer], to, visible);
      }
    }

    void finish() {
      float[] received = run.received()[layer];
      synchronized (received) {
        for (int j = 0; j < seen; j++) {
          received[g * run.tokens() + j] += sums[j];
        }
      }
    }
  }
}
