package org.emslens.device.opencl;

import java.util.List;
import org.emslens.device.DeviceException;
import org.emslens.model.AttentionSpec;

/** The attention of all layers of a model, whose heads are alike in number and size. */
record Layers(List<AttentionSpec.Shape> shapes) {

  Layers {
    shapes = List.copyOf(shapes);
    AttentionSpec.Shape one = shapes.getFirst();
    for (AttentionSpec.Shape s : shapes) {
      if (s.heads() != one.heads()
          || s.kvHeads() != one.kvHeads()
          || s.headDim() != one.headDim()) {
        throw new DeviceException(
            "This model's layers have heads of different number or size, which OpenCL devices do not run; choose the processor (--device cpu).");
      }
    }
  }

  AttentionSpec.Shape shape(int layer) {
    return shapes.get(layer);
  }

  int count() {
    return shapes.size();
  }

  int heads() {
    return shapes.getFirst().heads();
  }

  int kvHeads() {
    return shapes.getFirst().kvHeads();
  }

  int group() {
    return shapes.getFirst().group();
  }

  int headDim() {
    return shapes.getFirst().headDim();
  }

  /** Query heads of all layers. */
  int allHeads() {
    return count() * heads();
  }

  /** KV heads of all layers. */
  int allKvHeads() {
    return count() * kvHeads();
  }
}
