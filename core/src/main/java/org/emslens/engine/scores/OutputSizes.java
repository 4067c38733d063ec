package org.emslens.engine.scores;

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
    float[][] sizes = new float[heads][n];
    IntStream.range(0, heads)
        .parallel()
        .forEach(
            h -> {
              float[] own = values[h / group];
              for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int o = 0; o < output.out(); o++) {
                  float x = RowProducts.dot(weights, o * width + h * d, own, j * d, d);
                  sum += euclidean ? (double) x * x : Math.abs(x);
                }
                sizes[h][j] = (float) (euclidean ? Math.sqrt(sum) : sum);
              }
            });
    return sizes;
  }
}
