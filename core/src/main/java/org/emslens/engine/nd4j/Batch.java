package org.emslens.engine.nd4j;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays for a block of n tokens, shared by all layers of one prefill. */
final class Batch implements AutoCloseable {
  private final int n;
  private final Map<Integer, HostArray> inputs = new HashMap<>();
  private final Map<Integer, HostArray> outputs = new HashMap<>();
  private final Map<Integer, HostArray.Memory> scratch = new HashMap<>();
  private final DynamicCustomOp matmul = DynamicCustomOp.builder("matmul").build();

  Batch(int n) {
    this.n = n;
  }

  HostArray input(int width) {
    return inputs.computeIfAbsent(width, w -> new HostArray(n, w));
  }

  HostArray output(int width) {
    return outputs.computeIfAbsent(width, w -> new HostArray(n, w));
  }

  /**
   * An array for use within one product; the same memory serves every call with this slot and no
   * more numbers.
   */
  HostArray scratch(int slot, int rows, int columns) {
    HostArray.Memory memory = scratch.get(slot);
    if (memory == null || memory.length() < (long) rows * columns) {
      if (memory != null) {
        memory.close();
      }
      memory = new HostArray.Memory((long) rows * columns * 5 / 4);
      scratch.put(slot, memory);
    }
    return memory.view(rows, columns);
  }

  /** c = a times b, or b transposed. */
  void multiply(HostArray a, HostArray b, HostArray c, boolean transposeB) {
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(a.array(), b.array());
    context.setOutputArrays(c.array());
    context.setIArguments(0, transposeB ? 1 : 0, 0);
    Nd4j.getExecutioner().exec(matmul, context);
    context.purge();
  }

  @Override
  public void close() {
    inputs.values().forEach(HostArray::close);
    outputs.values().forEach(HostArray::close);
    scratch.values().forEach(HostArray.Memory::close);
  }
}
