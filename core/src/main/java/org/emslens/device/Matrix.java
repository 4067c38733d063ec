package org.emslens.device;

/** A weight matrix [out, in] in a device's memory, in whatever form the device multiplies. */
public interface Matrix extends AutoCloseable {

  int out();

  int in();

  /** Bytes that it takes. */
  long bytes();

  @Override
  void close();
}
