package org.emslens.device.split;

import org.emslens.device.Matrix;

/** A matrix on one side of a split device. */
record SplitMatrix(int side, Matrix matrix) implements Matrix {

  @Override
  public int out() {
    return matrix.out();
  }

  @Override
  public int in() {
    return matrix.in();
  }

  @Override
  public long bytes() {
    return matrix.bytes();
  }

  @Override
  public void close() {
    matrix.close();
  }
}
