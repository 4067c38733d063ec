package org.emslens.engine.nd4j;

/** A weight matrix [out, in] that multiplies one activation. */
interface Matrix {

  /** y[0..out) = matrix times x[0..in). */
  void apply(float[] x, float[] y);
}
