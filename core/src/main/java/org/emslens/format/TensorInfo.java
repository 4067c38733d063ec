package org.emslens.format;

import java.util.ArrayList;
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

  /**
   * Some rows of it, under its name: what it holds from one index of the first dimension on.
   *
   * @param first index of the first of them
   */
  public TensorInfo rows(long first, long rows) {
    List<Long> part = new ArrayList<>(shape);
    part.set(0, rows);
    long row = count() / shape.getFirst();
    return new TensorInfo(name, type, part, offset + type.bytesOf(first * row));
  }

  /** What it holds at one index of the first dimension. */
  public TensorInfo at(long index) {
    return new TensorInfo(name, type, shape.subList(1, shape.size()), rows(index, 1).offset);
  }

  /** Whether the shape is exactly this one. */
  public boolean hasShape(long... expected) {
    return shape.equals(Arrays.stream(expected).boxed().toList());
  }
}
