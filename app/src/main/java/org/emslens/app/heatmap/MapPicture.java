package org.emslens.app.heatmap;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.emslens.app.lens.View;
import org.emslens.cache.HeadSlots;
import org.emslens.engine.AttentionMap;
import org.emslens.math.Exponential;
import org.emslens.session.Step;

/**
 * A part of one head's attention at a resolution, prefill rows and decoded rows together.
 *
 * @param values largest probability within each cell [rows, columns]; {@link #LATER} where nothing
 *     can be, {@link #ABSENT} where the compressed cache held no slot of that key
 */
record MapPicture(View view, MapRegion region, int rows, int columns, float[] values) {
  /** A key after its query. */
  static final float LATER = -1;

  /** A key that was merged into another's slot or evicted before the query came. */
  static final float ABSENT = -0.5f;

  /** The largest probability that is shown; 0 where there is none. */
  float largest() {
    float most = 0;
    for (float p : values) {
      most = Math.max(most, p);
    }
    return most;
  }

  /**
   * Computes it; takes long for long prompts.
   *
   * @param rows cells down at most; likewise across
   * @return null where cancelled
   */
  static MapPicture of(
      View view, MapRegion region, int rows, int columns, BooleanSupplier cancelled) {
    int n = view.promptTokens();
    int outRows = Math.min(rows, region.rows());
    int outColumns = Math.min(columns, region.columns());
    float[] values = new float[outRows * outColumns];
    Arrays.fill(values, LATER);
    AttentionMap map = AttentionMap.of(view.run().prefill(), view.layer(), view.head());
    IntStream.range(0, outRows)
        .parallel()
        .forEach(
            r -> {
              int first = region.row() + (int) ((long) r * region.rows() / outRows);
              int last = region.row() + (int) ((r + 1L) * region.rows() / outRows);
              float[] probabilities = new float[n];
              Exponential exponential = new Exponential();
              for (int q = first; q < last && !cancelled.getAsBoolean(); q++) {
                if (q < n) {
                  map.row(q, probabilities, exponential);
                  prompt(q, probabilities, region, values, r * outColumns, outColumns);
                } else {
                  decoded(view, q, region, values, r * outColumns, outColumns);
                }
              }
            });
    return cancelled.getAsBoolean()
        ? null
        : new MapPicture(view, region, outRows, outColumns, values);
  }

  private static void prompt(
      int query, float[] row, MapRegion region, float[] values, int at, int outColumns) {
    int last = Math.min(region.column() + region.columns(), query + 1);
    for (int j = region.column(); j < last; j++) {
      int cell = at + (int) ((long) (j - region.column()) * outColumns / region.columns());
      values[cell] = Math.max(values[cell], row[j]);
    }
  }

  /** The row of a generated token: its attention stands under the names of the slots it saw. */
  private static void decoded(
      View view, int query, MapRegion region, float[] values, int at, int outColumns) {
    int index = query - view.promptTokens() + 1;
    if (index > view.stepIndex()) {
      return;
    }
    Step step = view.run().steps().get(index);
    HeadSlots slots = step.before().head(view.kvHead());
    float[] attention = step.attention(view.queryHead());
    for (int j = region.column();
        j < Math.min(region.column() + region.columns(), query + 1);
        j++) {
      int cell = at + (int) ((long) (j - region.column()) * outColumns / region.columns());
      values[cell] = Math.max(values[cell], ABSENT);
    }
    for (int i = 0; i < attention.length; i++) {
      int j = slots.position()[i] - region.column();
      if (j >= 0 && j < region.columns()) {
        int cell = at + (int) ((long) j * outColumns / region.columns());
        values[cell] = Math.max(values[cell], attention[i]);
      }
    }
  }
}
