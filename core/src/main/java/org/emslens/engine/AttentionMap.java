package org.emslens.engine;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.emslens.math.Exponential;
import org.emslens.math.RowProducts;

/**
 * One query head's attention over a prompt, computed for the rectangle and resolution that is asked
 * for; N x N numbers are never stored.
 */
public final class AttentionMap {
  private final float[] queries;
  private final int queryFrom;
  private final float[] normalisers;
  private final int normaliserFrom;
  private final float[][] keysTransposed;
  private final int n;
  private final int d;
  private final float scale;

  private AttentionMap(Prefill p, int layer, int head) {
    n = p.tokens();
    d = p.config().headDim();
    scale = (float) (1 / Math.sqrt(d));
    queries = p.queries()[layer];
    queryFrom = head * n * d;
    normalisers = p.normalisers()[layer];
    normaliserFrom = head * n;
    int kvHead = head / p.config().group();
    keysTransposed = RowProducts.transpose(p.keys()[layer * p.config().kvHeads() + kvHead], n, d);
  }

  /** The map of one query head of one layer. */
  public static AttentionMap of(Prefill prefill, int layer, int head) {
    return new AttentionMap(prefill, layer, head);
  }

  /**
   * Probabilities of one query for keys 0..n-1; 0 for keys after the query.
   *
   * @param exponential the calling thread's own
   */
  public void row(int query, float[] out, Exponential exponential) {
    int visible = query + 1;
    RowProducts.products(queries, queryFrom + query * d, keysTransposed, out, visible);
    exponential.probabilities(out, visible, scale, normalisers[normaliserFrom + query]);
    Arrays.fill(out, visible, n, 0);
  }

  /**
   * Max-pools a rectangle of the map.
   *
   * @param rowFrom first query
   * @param rows queries in the rectangle, likewise for keys
   * @param outRows rows of the picture, at most `rows`; likewise for columns
   * @param cancelled asked now and then; where true, the result is incomplete
   * @return probabilities [outRows, outColumns]
   */
  public float[] pooled(
      int rowFrom,
      int rows,
      int columnFrom,
      int columns,
      int outRows,
      int outColumns,
      BooleanSupplier cancelled) {
    float[] out = new float[outRows * outColumns];
    int[] cell = new int[columns];
    for (int j = 0; j < columns; j++) {
      cell[j] = (int) ((long) j * outColumns / columns);
    }
    IntStream.range(0, outRows)
        .parallel()
        .forEach(
            r -> {
              float[] row = new float[n];
              Exponential exponential = new Exponential();
              int last = (int) (((long) r + 1) * rows / outRows);
              for (int i = (int) ((long) r * rows / outRows); i < last; i++) {
                if (cancelled.getAsBoolean()) {
                  return;
                }
                row(rowFrom + i, row, exponential);
                for (int j = 0; j < columns; j++) {
                  int at = r * outColumns + cell[j];
                  out[at] = Math.max(out[at], row[columnFrom + j]);
                }
              }
            });
    return out;
  }
}
