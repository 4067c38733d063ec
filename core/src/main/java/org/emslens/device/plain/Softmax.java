package org.emslens.device.plain;

import org.emslens.model.AttentionSpec;

/** Scores to probabilities (arXiv 1706.03762). */
final class Softmax {
  private Softmax() {}

  /**
   * In place.
   *
   * @return the logarithm of the normaliser: probability = exp(score - result)
   */
  static double of(double[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (double s : scores) {
      most = Math.max(most, s);
    }
    double sum = 0;
    for (double s : scores) {
      sum += Math.exp(s - most);
    }
    double normaliser = most + Math.log(sum);
    for (int j = 0; j < scores.length; j++) {
      scores[j] = Math.exp(scores[j] - normaliser);
    }
    return normaliser;
  }

  /** What a product of query and key counts as. */
  static double score(AttentionSpec.Shape shape, double product) {
    double x = shape.scale() * product;
    return shape.softCap() == 0 ? x : shape.softCap() * Math.tanh(x / shape.softCap());
  }

  static double dot(float[] x, int from, float[] y) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) x[from + i] * y[i];
    }
    return sum;
  }
}
