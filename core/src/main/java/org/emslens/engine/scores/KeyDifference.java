package org.emslens.engine.scores;

import java.util.stream.IntStream;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.math.RowProducts;

/**
 * How little a key resembles the others: minus the cosine of k_j and the mean of k / |k| over all
 * tokens. Source: KeyDiff, arXiv 2504.15364.
 */
final class KeyDifference {
  private static final float TINY = 1e-12f;

  private KeyDifference() {}

  /** Per KV head of all layers [layers * G][N]. */
  static float[][] run(Prompt prompt, Progress progress) {
    int kvHeads = prompt.config().kvHeads();
    int layers = prompt.config().layers();
    float[][] scores = new float[layers * kvHeads][];
    for (int l = 0; l < layers; l++) {
      progress.at((double) l / layers);
      float[][] keys = prompt.memory().layer(l).keys();
      int first = l * kvHeads;
      IntStream.range(0, kvHeads)
          .parallel()
          .forEach(g -> scores[first + g] = head(keys[g], prompt.tokens()));
    }
    return scores;
  }

  private static float[] head(float[] keys, int n) {
    int d = keys.length / n;
    float[] anchor = new float[d];
    float[] norms = new float[n];
    for (int j = 0; j < n; j++) {
      norms[j] = Math.max(RowProducts.norm(keys, j * d, d), TINY);
      for (int i = 0; i < d; i++) {
        anchor[i] += keys[j * d + i] / norms[j];
      }
    }
    float length = Math.max(RowProducts.norm(anchor, 0, d), TINY);
    float[] score = new float[n];
    for (int j = 0; j < n; j++) {
      score[j] = -RowProducts.dot(keys, j * d, anchor, 0, d) / norms[j] / length;
    }
    return score;
  }
}
