package org.emslens.model;

import org.emslens.format.TensorInfo;

/**
 * A linear map: y = W x + b.
 *
 * @param weight W [out, in]
 * @param bias b [out], or null
 */
public record LinearSpec(TensorInfo weight, TensorInfo bias) {

  /** So many of its outputs, from the first on. */
  public LinearSpec rows(long first, long rows) {
    return new LinearSpec(weight.rows(first, rows), bias == null ? null : bias.rows(first, rows));
  }

  public int in() {
    return Math.toIntExact(weight.shape().getLast());
  }

  public int out() {
    return Math.toIntExact(weight.shape().getFirst());
  }
}
