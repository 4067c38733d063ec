package org.emslens.model;

/** What a feed-forward part does to each number between its projections. */
public enum Activation {
  /** x / (1 + e^-x) (arXiv 1702.03118). */
  SILU,
  /** x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (arXiv 1606.08415). */
  GELU_TANH,
  /** x / 2 (1 + erf(x / sqrt(2))), what GELU_TANH comes close to. */
  GELU,
  /** max(0, x). */
  RELU
}
