package org.emslens.format;

import java.util.Arrays;
import java.util.List;

/**
 * Where a tensor lies in its file.
 *
 * @param shape row-major, the fastest dimension last (GGUF writes it the other way round)
 * @param offset bytes from the start of the file
 */
public record TensorInfo(String name, DType type, List<Long> shape, long offset) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  public long count() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  public long bytes() {
    return type.bytesOf(count());
  }

  /** Whether the shape is exactly this one. */
  public boolean hasShape(long... expected) {
    return shape.equals(Arrays.stream(expected).boxed().toList());
  }
}
