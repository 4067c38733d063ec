package org.emslens.engine;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Precision;
import org.emslens.device.DecodeTap;
import org.emslens.device.PromptMemory;
import org.emslens.model.AttentionSpec;
import org.emslens.model.ModelConfig;

/**
 * The uncompressed run of a prompt: compression is planned from it as often as the user likes, and
 * any head's attention is looked at, without running the prompt again.
 *
 * @param shapes of the layers' attention, first to last
 * @param ids its tokens
 * @param memory its attention, where the device keeps it
 * @param logits of the last position [vocab]; empty where this was read from a recording
 * @param scores what was asked of it so far
 */
public record Prompt(
    ModelConfig config,
    List<AttentionSpec.Shape> shapes,
    int[] ids,
    PromptMemory memory,
    float[] logits,
    PromptScores scores)
    implements AutoCloseable {

  public Prompt {
    shapes = List.copyOf(shapes);
  }

  public int tokens() {
    return ids.length;
  }

  /** This, as if nothing had been asked of it. */
  public Prompt unasked() {
    return new Prompt(config, shapes, ids, memory, logits, new PromptScores());
  }

  /** A fresh full cache of float32 that remembers the attention of the last `window` queries. */
  public Cache cache(int window) {
    return cache(
        CacheOptions.EMS.with(
            d -> {
              d.window = window;
              d.precision = Precision.FLOAT32;
            }));
  }

  /** A fresh full cache that remembers what these options want to know. */
  public Cache cache(CacheOptions options) {
    return new Cache(memory.cache(options.window()), shapes, scores, tokens(), options);
  }

  /**
   * A rectangle of one query head's map, max-pooled.
   *
   * @param rowFrom first query
   * @param rows queries in the rectangle, likewise for keys
   * @param outRows rows of the picture, at most `rows`; likewise for columns
   * @param cancelled asked now and then; where true, the result is incomplete
   * @return probabilities [outRows, outColumns]; 0 for keys after the query
   */
  public float[] map(
      int layer,
      int head,
      int rowFrom,
      int rows,
      int columnFrom,
      int columns,
      int outRows,
      int outColumns,
      BooleanSupplier cancelled) {
    int[] across = bounds(columnFrom, columns, outColumns);
    return memory.map(layer, head, bounds(rowFrom, rows, outRows), across, cancelled);
  }

  private static int[] bounds(int from, int count, int cells) {
    int[] bounds = new int[cells + 1];
    for (int c = 0; c <= cells; c++) {
      bounds[c] = from + (int) ((long) c * count / cells);
    }
    return bounds;
  }

  /** The attention of the last token in every query head, as if it had just been decoded. */
  public DecodeTap lastAttention() {
    DecodeTap rows = new DecodeTap(config.allHeads());
    int n = tokens();
    IntStream.range(0, config.allHeads())
        .parallel()
        .forEach(
            h -> {
              int layer = h / config.heads();
              int head = h % config.heads();
              float[] row = map(layer, head, n - 1, 1, 0, n, 1, n, () -> false);
              rows.attention(h, row, 0, n);
            });
    return rows;
  }

  @Override
  public void close() {
    scores.close();
    memory.close();
  }
}
