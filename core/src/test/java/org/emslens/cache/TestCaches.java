package org.emslens.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.emslens.device.PromptLayer;
import org.emslens.device.cpu.HostPrompt;
import org.emslens.engine.Cache;
import org.emslens.engine.PromptScores;
import org.emslens.model.AttentionSpec;

/** Caches of given numbers. */
final class TestCaches {
  private TestCaches() {}

  /**
   * The full cache of n tokens.
   *
   * @param keys one array per layer and KV head [n, d]; likewise values
   * @param received per layer, sums of attention [kvHeads, n]
   * @param lastRows per layer, attention of the last `window` queries, oldest first [kvHeads,
   *     window, n]
   */
  static Cache of(
      int kvHeads,
      int d,
      int n,
      float[][] keys,
      float[][] values,
      float[][] received,
      float[][] lastRows,
      int window) {
    List<PromptLayer> layers = new ArrayList<>();
    for (int l = 0; l < received.length; l++) {
      float[][][] rows = new float[kvHeads][window][];
      for (int i = 0; i < kvHeads * window; i++) {
        rows[i / window][i % window] = Arrays.copyOfRange(lastRows[l], i * n, (i + 1) * n);
      }
      layers.add(
          new PromptLayer(
              new float[0],
              Arrays.copyOfRange(keys, l * kvHeads, (l + 1) * kvHeads),
              Arrays.copyOfRange(values, l * kvHeads, (l + 1) * kvHeads),
              new float[kvHeads * n],
              received[l],
              rows,
              new float[0][]));
    }
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(kvHeads, kvHeads, d);
    HostPrompt prompt = HostPrompt.of(Collections.nCopies(layers.size(), shape), layers);
    PromptScores scores = new PromptScores();
    Random random = new Random(n);
    for (PromptScore what : PromptScore.values()) {
      float[][] all = new float[layers.size() * kvHeads][n];
      for (float[] head : all) {
        for (int j = 0; j < n; j++) {
          head[j] = random.nextFloat();
        }
      }
      scores.put(what, all);
    }
    return new Cache(
        prompt.cache(window),
        Collections.nCopies(layers.size(), shape),
        scores,
        n,
        CacheOptions.EMS);
  }
}
