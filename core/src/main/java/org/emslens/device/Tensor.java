package org.emslens.device;

/** A matrix of float32 in a device's memory, row-major; its owner closes it. */
public interface Tensor extends AutoCloseable {

  int rows();

  int columns();

  @Override
  void close();
}
