package org.emslens.engine;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.emslens.math.FastExp;
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
  private final float[] keysTransposed;
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
    keysTransposed = RowProducts.transpose(p.keys()[layer], kvHead * n * d, null, n, d);
  }

  /** The map of one query head of one layer. */
  public static AttentionMap of(Prefill prefill, int layer, int head) {
    return new AttentionMap(prefill, layer, head);
  }

  /** Tokens on either side. */
  public int size() {
    return n;
  }

  /** Probabilities of query `row` for keys from..from+count-1; 0 for keys after the query. */
  public void row(int row, int from, int count, float[] out) {
    int visible = Math.clamp((long) row + 1 - from, 0, count);
    if (visible > 0) {
      RowProducts.products(queries, queryFrom + row * d, d, keysTransposed, n, from, out, visible);
      float normaliser = normalisers[normaliserFrom + row];
      for (int j = 0; j < visible; j++) {
        out[j] = FastExp.exp(Math.min(0, out[j] * scale - normaliser));
      }
    }
    Arrays.fill(out, visible, count, 0);
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
              float[] row = new float[columns];
              int last = (int) (((long) r + 1) * rows / outRows);
              for (int i = (int) ((long) r * rows / outRows); i < last; i++) {
                if (cancelled.getAsBoolean()) {
                  return;
                }
                row(rowFrom + i, columnFrom, columns, row);
                for (int j = 0; j < columns; j++) {
                  int at = r * outColumns + cell[j];
                  out[at] = Math.max(out[at], row[j]);
                }
              }
            });
    return out;
  }
}
