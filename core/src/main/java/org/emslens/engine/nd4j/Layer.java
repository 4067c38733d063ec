package org.emslens.engine.nd4j;

/**
 * The weights of one decoder layer: queries, keys and values in one matrix, gate and up in another.
 */
record Layer(
    float[] attentionNorm,
    Linear queryKeyValue,
    Linear attentionOutput,
    float[] feedForwardNorm,
    Linear gateUp,
    Linear down) {

  void close() {
    queryKeyValue.many().close();
    attentionOutput.many().close();
    gateUp.many().close();
    down.many().close();
  }
}
