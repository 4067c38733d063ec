package org.emslens.engine.nd4j;

import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A weight matrix [out, in] that multiplies one activation (decode) or many (prefill); operands,
 * results and operation contexts are made once.
 */
final class Projection implements Matrix {
  private final int in;
  private final int out;
  private final HostArray weight;
  private final HostArray x;
  private final HostArray y;
  private final DynamicCustomOp matmul = DynamicCustomOp.builder("matmul").build();
  private final OpContext context;

  Projection(int in, int out) {
    this.in = in;
    this.out = out;
    weight = new HostArray(out, in);
    x = new HostArray(in);
    y = new HostArray(out);
    context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(weight.array(), x.array());
    context.setOutputArrays(y.array());
    context.setIArguments(0, 0, 0);
  }

  int in() {
    return in;
  }

  /** Sets whole rows of the weight. */
  void load(int firstRow, float[] rows) {
    weight.put(firstRow * in, rows, 0, rows.length);
    weight.written();
  }

  @Override
  public void apply(float[] activation, float[] result) {
    x.put(0, activation, 0, in);
    x.written();
    Nd4j.getExecutioner().exec(matmul, context);
    y.fetch();
    y.get(0, result, 0, out);
  }

  /**
   * The same for every row of activations [n, in] to results [n, out], with the batch's own arrays.
   */
  void apply(Batch batch, float[] activations, float[] results, int n) {
    HostArray many = batch.input(in);
    HostArray product = batch.output(out);
    many.putAll(activations, n * in);
    many.written();
    batch.multiply(many, weight, product, true);
    product.fetch();
    product.getAll(results, n * out);
  }

  void close() {
    weight.close();
    x.close();
    y.close();
  }
}
