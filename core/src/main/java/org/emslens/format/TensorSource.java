package org.emslens.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Named tensors of one model, read on demand from memory-mapped files. Every tensor was validated
 * when the source was opened.
 */
public interface TensorSource extends AutoCloseable {

  /** The file or folder that errors name. */
  Path path();

  Map<String, TensorInfo> tensors();

  /**
   * Dequantises numbers of one tensor to float32.
   *
   * @param start first number, a multiple of the type's block
   * @param into filled whole; its length is a multiple of the block
   */
  void read(TensorInfo tensor, long start, float[] into);

  /** All numbers of a tensor as float32. */
  default float[] values(TensorInfo tensor) {
    float[] values = new float[Math.toIntExact(tensor.count())];
    read(tensor, 0, values);
    return values;
  }

  /**
   * Reads a tensor's stored bytes, past the mapping, so that memory does not fill with what is
   * needed once. Safe for several threads.
   *
   * @param start first byte of the tensor's
   * @param into filled whole
   */
  void raw(TensorInfo tensor, long start, byte[] into);

  @Override
  void close() throws IOException;
}
