package org.emslens.device.plain;

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

  static double dot(float[] x, int from, float[] y) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) x[from + i] * y[i];
    }
    return sum;
  }
}
