package org.emslens.device.plain;

import java.util.List;
import org.emslens.device.Matrix;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/** Weights as their file has them: a row is read whenever it is needed. */
record PlainMatrix(TensorSource source, List<TensorInfo> parts) implements Matrix {

  @Override
  public int in() {
    return Math.toIntExact(parts.getFirst().shape().getLast());
  }

  @Override
  public int out() {
    return Math.toIntExact(parts.stream().mapToLong(p -> p.shape().getFirst()).sum());
  }

  /** The weights of one output [in]. */
  float[] row(int output) {
    float[] row = new float[in()];
    long within = output;
    for (TensorInfo part : parts) {
      long rows = part.shape().getFirst();
      if (within < rows) {
        source.read(part, within * row.length, row);
        return row;
      }
      within -= rows;
    }
    throw new IndexOutOfBoundsException(output);
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void close() {
    // The file is closed by whoever opened it.
  }
}
