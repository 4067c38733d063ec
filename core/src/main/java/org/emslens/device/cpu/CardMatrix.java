package org.emslens.device.cpu;

import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A weight matrix [rows, in] in float32 that ND4J keeps where it computes: on the card, in its CUDA
 * backend. Operands, results and the operation's context for one activation are made once.
 */
final class CardMatrix implements AutoCloseable {
  private static final int ROWS_AT_ONCE = 4096;

  private final int in;
  private final int out;
  private final HostArray weight;
  private final HostArray x;
  private final HostArray y;
  private final DynamicCustomOp matmul = DynamicCustomOp.builder("matmul").build();
  private final OpContext context;

  CardMatrix(TensorSource source, TensorInfo tensor) {
    out = Math.toIntExact(tensor.shape().getFirst());
    in = Math.toIntExact(tensor.shape().getLast());
    weight = new HostArray(out, in);
    x = new HostArray(in);
    y = new HostArray(out);
    context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(weight.array(), x.array());
    context.setOutputArrays(y.array());
    context.setIArguments(0, 0, 0);
    for (int r = 0; r < out; r += ROWS_AT_ONCE) {
      float[] rows = new float[Math.min(ROWS_AT_ONCE, out - r) * in];
      source.read(tensor, (long) r * in, rows);
      weight.put(r * in, rows, 0, rows.length);
    }
    weight.written();
  }

  int rows() {
    return out;
  }

  long bytes() {
    return 4L * out * in;
  }

  /** result[to..to+out) = matrix times activation[from..from+in). */
  void one(float[] activation, int from, float[] result, int to) {
    x.put(0, activation, from, in);
    x.written();
    Nd4j.getExecutioner().exec(matmul, context);
    y.fetch();
    y.get(0, result, to, out);
  }

  /** products [n, out] = activations [n, in] times the matrix. */
  void many(Blas blas, HostArray activations, HostArray products) {
    blas.multiply(activations, weight, products, true);
  }

  @Override
  public void close() {
    weight.close();
    x.close();
    y.close();
  }
}
