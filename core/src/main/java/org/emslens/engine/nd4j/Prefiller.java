package org.emslens.engine.nd4j;

import java.util.List;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.engine.Engine.LogitsSink;
import org.emslens.engine.Prefill;
import org.emslens.engine.Progress;
import org.emslens.model.ModelConfig;

/**
 * A whole prompt through all layers, in blocks of tokens, so that activations and attention need
 * memory for one block only.
 */
final class Prefiller {
  private static final int BLOCK = 512;

  private final ModelConfig config;
  private final LoadedModel model;
  private final Rope rope;

  Prefiller(ModelConfig config, LoadedModel model, Rope rope) {
    this.config = config;
    this.model = model;
    this.rope = rope;
  }

  Prefill prefill(int[] ids, LogitsSink sink, Progress progress) {
    int n = ids.length;
    int d = config.headDim();
    int layers = config.layers();
    int last = Math.min(n, CacheOptions.MAX_WINDOW);
    int pixels = Prefill.THUMBNAIL * Prefill.THUMBNAIL;
    Prefill run =
        new Prefill(
            config,
            ids.clone(),
            new float[layers][config.heads() * n * d],
            new float[config.allKvHeads()][n * d],
            new float[config.allKvHeads()][n * d],
            new float[layers][config.heads() * n],
            new float[layers][config.kvHeads() * n],
            new float[layers][config.kvHeads() * last * n],
            last,
            new float[config.allHeads()][pixels],
            new float[config.vocab()]);
    int start = blocks(run, 0, BLOCK, sink, progress);
    blocks(run, start, n - start, sink, progress);
    return run;
  }

  /**
   * As many blocks of this size as there are tokens for; their arrays are freed also where the run
   * is cancelled.
   */
  private int blocks(Prefill run, int start, int size, LogitsSink sink, Progress progress) {
    int at = start;
    if (size > 0 && at + size <= run.tokens()) {
      try (Batch batch = new Batch(size)) {
        for (; at + size <= run.tokens(); at += size) {
          block(run, batch, at, size, sink, progress);
        }
      }
    }
    return at;
  }

  private void block(
      Prefill run, Batch batch, int start, int size, LogitsSink sink, Progress progress) {
    int hidden = config.hidden();
    float[] x = new float[size * hidden];
    float[] row = new float[hidden];
    for (int i = 0; i < size; i++) {
      model.embed(run.ids()[start + i], row);
      System.arraycopy(row, 0, x, i * hidden, hidden);
    }
    float[] normed = new float[size * hidden];
    float[] qkv = new float[size * (config.queryWidth() + 2 * config.kvWidth())];
    float[] mixed = new float[size * config.queryWidth()];
    float[] added = new float[size * hidden];
    float[] gateUp = new float[size * 2 * config.feedForward()];
    float[] inner = new float[size * config.feedForward()];
    List<Layer> layers = model.layers();
    for (int l = 0; l < layers.size(); l++) {
      progress.at((start + (double) size * l / layers.size()) / run.tokens());
      Layer layer = layers.get(l);
      norm(x, layer.attentionNorm(), normed, size);
      layer.queryKeyValue().many().apply(batch, normed, qkv, size);
      new BlockAttention(run, l).attend(batch, qkv, start, size, rope, mixed);
      if (l == layers.size() - 1 && sink == null && start + size < run.tokens()) {
        break; // Of the last layer, only the last token's output is wanted.
      }
      layer.attentionOutput().many().apply(batch, mixed, added, size);
      Activations.add(x, added);
      norm(x, layer.feedForwardNorm(), normed, size);
      layer.gateUp().many().apply(batch, normed, gateUp, size);
      activate(gateUp, inner, size);
      layer.down().many().apply(batch, inner, added, size);
      Activations.add(x, added);
    }
    logits(run, x, start, size, sink);
    progress.at((start + size) / (double) run.tokens());
  }

  private void norm(float[] x, float[] weight, float[] out, int size) {
    int width = config.hidden();
    IntStream.range(0, size)
        .parallel()
        .forEach(i -> Activations.rmsNorm(x, i * width, weight, config.normEpsilon(), out));
  }

  private void activate(float[] gateUp, float[] out, int size) {
    int n = config.feedForward();
    int parts = Math.min(size, 16);
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              Activations activations = new Activations();
              for (int i = part * size / parts; i < (part + 1) * size / parts; i++) {
                activations.swiGlu(gateUp, 2 * i * n, n, out, i * n);
              }
            });
  }

  private void logits(Prefill run, float[] x, int start, int size, LogitsSink sink) {
    float[] one = new float[config.hidden()];
    float[] normed = new float[config.hidden()];
    for (int i = 0; i < size; i++) {
      boolean last = start + i == run.tokens() - 1;
      if (sink != null || last) {
        System.arraycopy(x, i * one.length, one, 0, one.length);
        Activations.rmsNorm(one, 0, model.finalNorm(), config.normEpsilon(), normed);
        model.output().apply(normed, run.logits());
        if (sink != null) {
          sink.accept(start + i, run.logits());
        }
      }
    }
  }
}
