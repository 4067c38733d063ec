package org.emslens.device.opencl;

/** Rows made columns. */
final class Transposed {
  private Transposed() {}

  /**
   * @param x [rows, columns]
   * @return [columns, rows]
   */
  static float[] of(float[] x, int rows, int columns) {
    float[] out = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        out[c * rows + r] = x[r * columns + c];
      }
    }
    return out;
  }
}
