package org.emslens.device;

import java.util.List;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/** Where a device keeps weights. */
public interface WeightMemory {

  /**
   * Weight matrices of the same input, one below the other, in the device's form. Safe to call from
   * several threads, so that a model loads in parallel.
   *
   * @param parts each [out_i, in], of any stored type
   * @return [sum of out_i, in]
   */
  Matrix matrix(TensorSource source, List<TensorInfo> parts);

  /** A vector [1, values.length]; likewise. */
  Tensor vector(float[] values);
}
