package org.emslens.app.heatmap;

/**
 * The part of a head's map that is shown: queries down, keys across, in tokens.
 *
 * @param row first query
 * @param column first key
 */
public record MapRegion(int row, int rows, int column, int columns) {
  private static final int LEAST = 8;

  public static MapRegion whole(int n) {
    return new MapRegion(0, n, 0, n);
  }

  /** This, magnified about a point of it (0 to 1 in both directions), within a map of n tokens. */
  public MapRegion zoom(double factor, double x, double y, int n) {
    int r = Math.clamp(Math.round(rows / factor), Math.min(LEAST, n), n);
    int c = Math.clamp(Math.round(columns / factor), Math.min(LEAST, n), n);
    return new MapRegion(
            (int) Math.round(row + (rows - r) * y),
            r,
            (int) Math.round(column + (columns - c) * x),
            c)
        .within(n);
  }

  /** This, moved by tokens. */
  public MapRegion pan(int rowsDown, int columnsRight, int n) {
    return new MapRegion(row + rowsDown, rows, column + columnsRight, columns).within(n);
  }

  private MapRegion within(int n) {
    int r = Math.min(rows, n);
    int c = Math.min(columns, n);
    return new MapRegion(Math.clamp(row, 0, n - r), r, Math.clamp(column, 0, n - c), c);
  }
}
