package org.emslens.app.heatmap;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.emslens.app.lens.View;
import org.emslens.cache.HeadSlots;
import org.emslens.engine.RepetitionMap;
import org.emslens.session.Step;

/**
 * A part of one head's attention at a resolution, prefill rows and decoded rows together.
 *
 * @param repeated whose rows are shown in the place of the prompt's own, or null
 * @param values largest probability within each cell [rows, columns]; {@link #LATER} where nothing
 *     can be, {@link #ABSENT} where the compressed cache held no slot of that key
 */
record MapPicture(
    View view, RepetitionMap repeated, MapRegion region, int rows, int columns, float[] values) {
  /** A key after its query. */
  static final float LATER = -1;

  /** A key that the query does not reach, out of its layer's window. */
  static final float BEYOND = -0.75f;

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
      View view,
      RepetitionMap repeated,
      MapRegion region,
      int rows,
      int columns,
      BooleanSupplier cancelled) {
    int n = view.promptTokens();
    int outRows = Math.min(rows, region.rows());
    int outColumns = Math.min(columns, region.columns());
    float[] values = new float[outRows * outColumns];
    Arrays.fill(values, LATER);
    int[] bounds = new int[outRows + 1];
    for (int r = 0; r <= outRows; r++) {
      bounds[r] = region.row() + (int) ((long) r * region.rows() / outRows);
    }
    prompt(view, repeated, region, bounds, outColumns, values, cancelled);
    IntStream.range(0, outRows)
        .parallel()
        .forEach(
            r -> {
              for (int q = Math.max(n, bounds[r]);
                  q < bounds[r + 1] && !cancelled.getAsBoolean();
                  q++) {
                decoded(view, q, region, values, r * outColumns, outColumns);
              }
            });
    return cancelled.getAsBoolean()
        ? null
        : new MapPicture(view, repeated, region, outRows, outColumns, values);
  }

  /** The rows of the prompt's tokens, as far as the region has them. */
  private static void prompt(
      View view,
      RepetitionMap repeated,
      MapRegion region,
      int[] bounds,
      int outColumns,
      float[] values,
      BooleanSupplier cancelled) {
    int n = view.promptTokens();
    int rows = 0;
    while (rows < bounds.length - 1 && bounds[rows] < n) {
      rows++;
    }
    int columns = 0;
    int[] across = new int[outColumns + 1];
    for (int c = 0; c <= outColumns; c++) {
      // The first key of the cell: decoded rows count them so, too.
      across[c] =
          region.column() + (int) (((long) c * region.columns() + outColumns - 1) / outColumns);
      columns += across[c] < n ? 1 : 0;
    }
    columns = Math.min(columns, outColumns);
    if (rows == 0 || columns == 0) {
      return;
    }
    int[] down = Arrays.copyOf(bounds, rows + 1);
    down[rows] = Math.min(n, down[rows]);
    across = Arrays.copyOf(across, columns + 1);
    across[columns] = Math.min(n, across[columns]);
    float[] map =
        repeated == null
            ? view.run().prefill().memory().map(view.layer(), view.head(), down, across, cancelled)
            : repeated.map(view.layer(), view.head(), down, across, cancelled);
    for (int r = 0; r < rows; r++) {
      int newest = down[r + 1] - 1;
      int last = repeated == null ? newest : repeated.position(newest);
      int position = repeated == null ? down[r] : last - (newest - down[r]);
      int seen = repeated == null ? newest + 1 : last < 0 ? 0 : n;
      for (int c = 0; c < columns && across[c] < seen; c++) {
        boolean beyond = across[c + 1] <= view.shape().firstReached(position);
        values[r * outColumns + c] = beyond ? BEYOND : map[r * columns + c];
      }
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
    int reached = view.shape().firstReached(query);
    for (int j = region.column();
        j < Math.min(region.column() + region.columns(), query + 1);
        j++) {
      int cell = at + (int) ((long) (j - region.column()) * outColumns / region.columns());
      values[cell] = Math.max(values[cell], j < reached ? BEYOND : ABSENT);
    }
    for (int i = 0; i < attention.length; i++) {
      int j = slots.position()[i] - region.column();
      if (j >= 0 && j < region.columns() && slots.position()[i] >= reached) {
        int cell = at + (int) ((long) j * outColumns / region.columns());
        values[cell] = Math.max(values[cell], attention[i]);
      }
    }
  }
}
