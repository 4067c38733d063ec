package org.emslens.engine.nd4j;

/**
 * One linear map in the two forms it is used in.
 *
 * @param many for blocks of tokens: float32, by ND4J
 * @param one for single tokens: the same, or the file's own levels
 */
record Linear(Projection many, Matrix one) {}
