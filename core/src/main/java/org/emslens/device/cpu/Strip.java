package org.emslens.device.cpu;

/**
 * Some vectors side by side, so few that they stay in a core's nearest cache while others are
 * compared with them.
 *
 * @param columns [d, WIDTH]
 * @param inverses one over the length of each column [WIDTH]
 */
record Strip(int d, float[] columns, float[] inverses) {
  static final int WIDTH = 64;

  Strip(int d) {
    this(d, new float[d * WIDTH], new float[WIDTH]);
  }

  /** Sets a column to the d numbers that begin at from[at] and are `apart` from each other. */
  void column(int c, float[] from, int at, int apart) {
    for (int i = 0; i < d; i++) {
      columns[i * WIDTH + c] = from[at + i * apart];
    }
  }
}
