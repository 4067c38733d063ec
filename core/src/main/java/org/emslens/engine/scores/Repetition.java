package org.emslens.engine.scores;

import java.util.stream.IntStream;
import org.emslens.cache.PromptScore;
import org.emslens.device.PromptMemory;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.math.RowProducts;
import org.emslens.model.Model;

/**
 * The most attention that the model pays to each token of a prompt while it is told to repeat the
 * prompt and reads it once more ({@link RepeatedChunk}), over all queries of the repetition and all
 * query heads of a group; what that leaves in the cache is thrown away. Source: KVzip, arXiv
 * 2505.23416, and NVIDIA's kvpress.
 *
 * <p>KVzip+ (arXiv 2601.07891) multiplies each attention, before the maximum is taken, by |W_O v|
 * of the token over |h|, h being the hidden state that enters the query's layer.
 */
final class Repetition {
  private final Model model;
  private final ForwardPass pass;
  private final Prompt prompt;
  private final int n;
  private final int kvHeads;
  private final int layers;
  private final OutputSizes sizes;

  /** |W_O v| per layer, query head and token. */
  private final float[][][] norms;

  private final float[][] repeat;
  private final float[][] plus;

  Repetition(Model model, ForwardPass pass, Prompt prompt) {
    this.model = model;
    this.pass = pass;
    this.prompt = prompt;
    n = prompt.tokens();
    kvHeads = prompt.config().kvHeads();
    layers = prompt.config().layers();
    sizes = new OutputSizes(model, prompt);
    norms = new float[layers][][];
    repeat = new float[layers * kvHeads][n];
    plus = new float[layers * kvHeads][n];
  }

  /** Both scores are made at once, since what costs is reading. */
  void run(Progress progress) {
    for (RepeatedChunk c : RepeatedChunk.of(model, prompt)) {
      double done = (double) c.from() / n;
      double share = (double) (c.to() - c.from()) / n;
      read(c.ids(), x -> progress.at(done + share * x));
    }
    prompt.scores().put(PromptScore.REPEAT, repeat);
    prompt.scores().put(PromptScore.REPEAT_PLUS, plus);
  }

  private void read(int[] ids, Progress progress) {
    float[][] lengths = new float[layers][ids.length];
    try (PromptMemory memory = prompt.memory().continued(ids.length)) {
      pass.follow(prompt, memory, ids, lengths, share -> progress.at(share / 2));
      for (int l = 0; l < layers; l++) {
        progress.at((1 + (double) l / layers) / 2);
        if (norms[l] == null) {
          norms[l] = sizes.of(l, true);
        }
        look(memory, l, lengths[l]);
      }
    }
    progress.at(1);
  }

  /** Takes in what a layer's heads looked at. */
  private void look(PromptMemory memory, int layer, float[] lengths) {
    int rows = lengths.length;
    float[][] weights = new float[2][rows];
    for (int i = 0; i < rows; i++) {
      weights[0][i] = 1;
      weights[1][i] = 1 / lengths[i];
    }
    int heads = prompt.config().heads();
    float[][][] most = new float[heads][][];
    IntStream.range(0, heads)
        .parallel()
        .forEach(h -> most[h] = memory.most(layer, h, n, n + rows, n, weights));
    for (int h = 0; h < heads; h++) {
      int of = layer * kvHeads + h / prompt.config().group();
      RowProducts.maximum(repeat[of], most[h][0], n);
      for (int j = 0; j < n; j++) {
        most[h][1][j] *= norms[layer][h][j];
      }
      RowProducts.maximum(plus[of], most[h][1], n);
    }
  }
}
