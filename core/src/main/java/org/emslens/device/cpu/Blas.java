package org.emslens.device.cpu;

import java.lang.ref.Reference;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/** Products of matrices by ND4J, and the arrays that they need; one thread's at a time. */
final class Blas {
  private final Map<Use, HostArray.Memory> scratch = new HashMap<>();
  private final OpContext context = Nd4j.getExecutioner().buildContext();
  private final DynamicCustomOp matmul = DynamicCustomOp.builder("matmul").build();

  /** What an array is for. */
  enum Use {
    ACTIVATIONS,
    WEIGHTS,
    PRODUCTS
  }

  /** An array; the same memory serves every call for this use and no more numbers. */
  HostArray array(Use use, int rows, int columns) {
    HostArray.Memory memory = scratch.get(use);
    if (memory == null || memory.length() < (long) rows * columns) {
      if (memory != null) {
        memory.close();
      }
      memory = new HostArray.Memory((long) rows * columns * 5 / 4);
      scratch.put(use, memory);
    }
    return memory.view(rows, columns);
  }

  /** c = a times b, or b transposed. */
  void multiply(HostArray a, HostArray b, HostArray c, boolean transposeB) {
    context.setInputArrays(a.array(), b.array());
    context.setOutputArrays(c.array());
    context.setIArguments(0, transposeB ? 1 : 0, 0);
    Nd4j.getExecutioner().exec(matmul, context);
    context.purge();
    // Native code works on these; what Java no longer refers to is freed by another thread.
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(c);
    Reference.reachabilityFence(this);
  }

  /** Gives back what the last prompt needed. */
  void free() {
    scratch.values().forEach(HostArray.Memory::close);
    scratch.clear();
  }
}
