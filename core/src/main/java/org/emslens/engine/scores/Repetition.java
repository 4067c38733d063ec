package org.emslens.engine.scores;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.cache.PromptScore;
import org.emslens.device.PromptMemory;
import org.emslens.device.Repeated;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.engine.RepetitionMap;
import org.emslens.math.RowProducts;
import org.emslens.model.Model;

/**
 * The most attention that the model pays to each token of a prompt while it is told to repeat the
 * prompt and reads it once more, over all query heads of a group and all queries that repeat the
 * token's part of it ({@link RepeatedChunk}); these attend to everything, but are scored among that
 * part, the prompt's first tokens and one another. What the repetition leaves in the cache is
 * thrown away. Source: KVzip, arXiv 2505.23416, its authors' code, and NVIDIA's kvpress.
 *
 * <p>KVzip+ (arXiv 2601.07891) multiplies each attention, before the maximum is taken, by |W_O v|
 * of the token over |h|, h being the hidden state that enters the query's layer, before its norm
 * (kvpress has it behind the norm, whose length hardly differs from query to query).
 */
final class Repetition {
  /** Weightings of a query: all alike, and by one over its hidden state's length. */
  private static final int PLAIN = 0;

  private static final int BY_LENGTH = 1;

  /** First tokens that count for every part, where they are not in it. */
  private static final int SINKS = 4;

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

  /** Memory of the parts, which is closed where nobody asks for the map. */
  private final List<RepetitionMap.Part> parts = new ArrayList<>();

  private final boolean keepsMap;

  /**
   * @param keepsMap whether what heads look at can be asked for, too
   */
  Repetition(Model model, ForwardPass pass, Prompt prompt, boolean keepsMap) {
    this.keepsMap = keepsMap;
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
    try {
      for (RepeatedChunk c : RepeatedChunk.of(model, prompt.ids())) {
        double done = (double) c.from() / n;
        double share = (double) (c.to() - c.from()) / n;
        read(c, x -> progress.at(done + share * x));
      }
    } catch (RuntimeException | Error e) {
      parts.forEach(p -> p.memory().close());
      throw e;
    }
    prompt.scores().put(PromptScore.REPEAT, repeat);
    prompt.scores().put(PromptScore.REPEAT_PLUS, plus);
    if (keepsMap) {
      prompt.scores().keep(new RepetitionMap(parts));
    }
  }

  private void read(RepeatedChunk c, Progress progress) {
    int[] ids = c.ids();
    float[][][] weights = new float[layers][2][ids.length];
    for (float[][] w : weights) {
      Arrays.fill(w[PLAIN], 1);
    }
    Repeated part = new Repeated(Math.min(SINKS, c.from()), c.from(), c.to(), keepsMap, weights);
    PromptMemory memory = prompt.memory().continued(ids.length, part);
    parts.add(new RepetitionMap.Part(c.from(), c.to(), n + c.introduction(), memory));
    pass.follow(
        prompt,
        memory,
        ids,
        (l, token, length) -> weights[l][BY_LENGTH][token] = 1 / length,
        progress);
    for (int l = 0; l < layers; l++) {
      if (norms[l] == null) {
        norms[l] = sizes.of(l, true);
      }
      look(memory, l);
    }
    if (!keepsMap) {
      parts.removeLast().memory().close();
    }
  }

  /** Takes in what a layer's heads looked at. */
  private void look(PromptMemory memory, int layer) {
    int heads = prompt.config().heads();
    float[][][] most = new float[heads][][];
    IntStream.range(0, heads).parallel().forEach(h -> most[h] = memory.most(layer, h));
    for (int h = 0; h < heads; h++) {
      int of = layer * kvHeads + h / prompt.config().group();
      RowProducts.maximum(repeat[of], most[h][PLAIN], n);
      float[] weighted = most[h][BY_LENGTH];
      for (int j = 0; j < n; j++) {
        plus[of][j] = Math.max(plus[of][j], weighted[j] * norms[layer][h][j]);
      }
    }
  }
}
