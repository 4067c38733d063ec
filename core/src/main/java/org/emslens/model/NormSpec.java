package org.emslens.model;

import org.emslens.format.TensorInfo;

/**
 * A normalisation over the last dimension.
 *
 * @param kind what is taken out of the numbers
 * @param epsilon added to the mean square (or variance) under the root
 * @param weight one factor per number
 * @param offset added to the weight: 1 where it is stored as what it differs from 1
 * @param bias added after, or null
 */
public record NormSpec(Kind kind, float epsilon, TensorInfo weight, float offset, TensorInfo bias) {

  /** Its weight as it is stored. */
  public NormSpec(Kind kind, float epsilon, TensorInfo weight, TensorInfo bias) {
    this(kind, epsilon, weight, 0, bias);
  }

  /** Root-mean-square (arXiv 1910.07467), or mean and variance (arXiv 1607.06450). */
  public enum Kind {
    RMS,
    LAYER
  }
}
