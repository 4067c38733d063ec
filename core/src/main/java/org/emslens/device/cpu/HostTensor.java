package org.emslens.device.cpu;

import org.emslens.device.Tensor;

/** A tensor in an array. */
record HostTensor(int rows, int columns, float[] data) implements Tensor {

  HostTensor(int rows, int columns) {
    this(rows, columns, new float[Math.multiplyExact(rows, columns)]);
  }

  static float[] data(Tensor t) {
    return t == null ? null : ((HostTensor) t).data;
  }

  @Override
  public void close() {
    // The garbage collector sees to it.
  }
}
