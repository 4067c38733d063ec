package org.emslens.device.opencl;

import org.emslens.device.Tensor;

/** Rows of numbers in a card's memory. */
record ClTensor(int rows, int columns, Buffer buffer) implements Tensor {

  static Buffer buffer(Tensor t) {
    return ((ClTensor) t).buffer;
  }

  @Override
  public void close() {
    buffer.close();
  }
}
