package org.emslens.engine.nd4j;

import org.emslens.model.ModelConfig;
import org.emslens.model.Weights;
import org.emslens.model.Weights.Weight;

/**
 * The weights of one decoder layer: queries, keys and values in one matrix, gate and up in another.
 */
record Layer(
    float[] attentionNorm,
    Projection queryKeyValue,
    Projection attentionOutput,
    float[] feedForwardNorm,
    Projection gateUp,
    Projection down) {
  private static final int ROWS_AT_ONCE = 4096;

  static Layer load(Weights w, ModelConfig c, int layer) {
    Projection qkv = new Projection(c.hidden(), c.queryWidth() + 2 * c.kvWidth());
    fill(qkv, 0, w, Weight.QUERY, layer);
    fill(qkv, c.queryWidth(), w, Weight.KEY, layer);
    fill(qkv, c.queryWidth() + c.kvWidth(), w, Weight.VALUE, layer);
    Projection gateUp = new Projection(c.hidden(), 2 * c.feedForward());
    fill(gateUp, 0, w, Weight.GATE, layer);
    fill(gateUp, c.feedForward(), w, Weight.UP, layer);
    return new Layer(
        vector(w, Weight.ATTENTION_NORM, layer),
        qkv,
        single(w, Weight.ATTENTION_OUTPUT, layer),
        vector(w, Weight.FEED_FORWARD_NORM, layer),
        gateUp,
        single(w, Weight.DOWN, layer));
  }

  void close() {
    queryKeyValue.close();
    attentionOutput.close();
    gateUp.close();
    down.close();
  }

  static float[] vector(Weights w, Weight weight, int layer) {
    float[] v = new float[w.columns(weight)];
    w.read(weight, layer, 0, v);
    return v;
  }

  static Projection single(Weights w, Weight weight, int layer) {
    Projection p = new Projection(w.columns(weight), w.rows(weight));
    fill(p, 0, w, weight, layer);
    return p;
  }

  private static void fill(Projection into, int firstRow, Weights w, Weight weight, int layer) {
    for (int r = 0; r < w.rows(weight); r += ROWS_AT_ONCE) {
      float[] rows = new float[Math.min(ROWS_AT_ONCE, w.rows(weight) - r) * into.in()];
      w.read(weight, layer, r, rows);
      into.load(firstRow + r, rows);
    }
  }
}
