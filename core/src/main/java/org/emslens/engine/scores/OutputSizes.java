package org.emslens.engine.scores;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.math.RowProducts;
import org.emslens.model.LinearSpec;
import org.emslens.model.Model;

/**
 * The size of W_O v_j, what a query head's share of the attention's output makes of each value: as
 * long as all its numbers together, for CriticalKV (arXiv 2502.03805), or in Euclidean length, for
 * KVzip+ (arXiv 2601.07891).
 */
final class OutputSizes {
  private final Model model;
  private final Prompt prompt;

  OutputSizes(Model model, Prompt prompt) {
    this.model = model;
    this.prompt = prompt;
  }

  /** Sums of absolute values, averaged over each group, for all layers [layers * G][N]. */
  float[][] perKvHead(Progress progress) {
    int kvHeads = prompt.config().kvHeads();
    int layers = prompt.config().layers();
    int group = prompt.config().group();
    float[][] sizes = new float[layers * kvHeads][prompt.tokens()];
    for (int l = 0; l < layers; l++) {
      progress.at((double) l / layers);
      float[][] heads = of(l, false);
      for (int h = 0; h < heads.length; h++) {
        RowProducts.addScaled(
            sizes[l * kvHeads + h / group], heads[h], 1f / group, prompt.tokens());
      }
    }
    return sizes;
  }

  /**
   * Of one layer.
   *
   * @param euclidean whether squares are added up rather than absolute values
   * @return per query head [H][N]
   */
  float[][] of(int layer, boolean euclidean) {
    LinearSpec output = model.spec().layers().get(layer).attention().output();
    float[][] values = prompt.memory().layer(layer).values();
    int heads = prompt.config().heads();
    int group = prompt.config().group();
    int d = prompt.config().headDim();
    int n = prompt.tokens();
    int width = output.in();
    float[] weights = new float[Math.multiplyExact(output.out(), width)];
    model.weights().read(output.weight(), 0, weights);
    float[][] sizes = new float[heads][];
    IntStream.range(0, heads)
        .parallel()
        .forEach(
            h -> {
              float[][] own = new float[output.out()][];
              for (int o = 0; o < own.length; o++) {
                own[o] = Arrays.copyOfRange(weights, o * width + h * d, o * width + (h + 1) * d);
              }
              float[] v = values[h / group];
              sizes[h] = euclidean ? lengths(own, d, v, n) : sums(own, d, v, n);
            });
    return sizes;
  }

  /**
   * |W v| of each v, as the root of v' (W' W) v: that is a product of d by d instead of the model's
   * width by d.
   */
  private static float[] lengths(float[][] weights, int d, float[] values, int n) {
    float[][] gram = new float[d][d];
    for (float[] row : weights) {
      for (int a = 0; a < d; a++) {
        RowProducts.addScaled(gram[a], row, row[a], d);
      }
    }
    float[] lengths = new float[n];
    float[] product = new float[d];
    for (int j = 0; j < n; j++) {
      Arrays.fill(product, 0);
      for (int a = 0; a < d; a++) {
        RowProducts.addScaled(product, gram[a], values[j * d + a], d);
      }
      double square = 0;
      for (int a = 0; a < d; a++) {
        square += (double) product[a] * values[j * d + a];
      }
      lengths[j] = (float) Math.sqrt(Math.max(0, square));
    }
    return lengths;
  }

  /** Absolute values of all numbers of W v, of each v. */
  private static float[] sums(float[][] weights, int d, float[] values, int n) {
    float[][] transposed = new float[d][n];
    for (int j = 0; j < n; j++) {
      for (int a = 0; a < d; a++) {
        transposed[a][j] = values[j * d + a];
      }
    }
    float[] sums = new float[n];
    float[] product = new float[n];
    for (float[] row : weights) {
      Arrays.fill(product, 0);
      for (int a = 0; a < d; a++) {
        RowProducts.addScaled(product, transposed[a], row[a], n);
      }
      for (int j = 0; j < n; j++) {
        sums[j] += Math.abs(product[j]);
      }
    }
    return sums;
  }
}
