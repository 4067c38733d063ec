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

  /**
   * The stored levels of a tensor whose type {@link AffineBlocks#describes} knows, from number
   * `start` on.
   *
   * @param count a multiple of 32
   */
  AffineBlocks blocks(TensorInfo tensor, long start, int count);

  @Override
  void close() throws IOException;
}
