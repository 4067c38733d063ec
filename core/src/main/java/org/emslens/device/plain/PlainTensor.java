package org.emslens.device.plain;

import org.emslens.device.Tensor;

/** Rows of numbers. */
record PlainTensor(int columns, float[][] data) implements Tensor {

  PlainTensor(int rows, int columns) {
    this(columns, new float[rows][columns]);
  }

  static float[][] rows(Tensor t) {
    return ((PlainTensor) t).data;
  }

  /** The only row of a vector. */
  static float[] row(Tensor t) {
    return rows(t)[0];
  }

  @Override
  public int rows() {
    return data.length;
  }

  @Override
  public void close() {
    // The garbage collector sees to it.
  }
}
