package org.emslens.engine.nd4j;

import java.util.Arrays;
import org.emslens.cache.HeadCache;
import org.emslens.cache.KvCache;
import org.emslens.engine.DecodeTap;
import org.emslens.math.RowProducts;
import org.emslens.model.ModelConfig;

/** One token through all layers. */
final class Decoder {
  private final ModelConfig config;
  private final LoadedModel model;
  private final Rope rope;
  private final Workers workers;
  private final HeadAttention[] heads;
  private final Activations activations = new Activations();
  private final float[] x;
  private final float[] normed;
  private final float[] qkv;
  private final float[] mixed;
  private final float[] added;
  private final float[] gateUp;
  private final float[] hidden;
  private final float[] angles;
  private final float[] logits;
  private float[] average = new float[0];

  Decoder(ModelConfig config, LoadedModel model, Rope rope, Workers workers) {
    this.config = config;
    this.model = model;
    this.rope = rope;
    this.workers = workers;
    heads = new HeadAttention[config.heads()];
    for (int h = 0; h < heads.length; h++) {
      heads[h] = new HeadAttention(config.headDim());
    }
    x = new float[config.hidden()];
    normed = new float[config.hidden()];
    qkv = new float[config.queryWidth() + 2 * config.kvWidth()];
    mixed = new float[config.queryWidth()];
    added = new float[config.hidden()];
    gateUp = new float[2 * config.feedForward()];
    hidden = new float[config.feedForward()];
    angles = new float[config.headDim()];
    logits = new float[config.vocab()];
  }

  float[] decode(KvCache cache, int token, DecodeTap tap) {
    model.embed(token, x);
    rope.angles(cache.seen(), angles);
    for (int l = 0; l < config.layers(); l++) {
      Layer layer = model.layers().get(l);
      norm(layer.attentionNorm());
      layer.queryKeyValue().one().apply(normed, qkv);
      attend(cache, l, tap);
      layer.attentionOutput().one().apply(mixed, added);
      Activations.add(x, added);
      norm(layer.feedForwardNorm());
      layer.gateUp().one().apply(normed, gateUp);
      activations.swiGlu(gateUp, 0, hidden.length, hidden, 0);
      layer.down().one().apply(hidden, added);
      Activations.add(x, added);
    }
    cache.advance();
    norm(model.finalNorm());
    model.output().apply(normed, logits);
    return logits;
  }

  private void norm(float[] weight) {
    Activations.rmsNorm(x, 0, weight, config.normEpsilon(), normed);
  }

  private void attend(KvCache cache, int layer, DecodeTap tap) {
    int d = config.headDim();
    for (int h = 0; h < config.heads() + config.kvHeads(); h++) {
      rope.rotate(qkv, h * d, angles);
    }
    int keyFrom = config.queryWidth();
    int valueFrom = keyFrom + config.kvWidth();
    for (int g = 0; g < config.kvHeads(); g++) {
      cache.head(layer, g).append(qkv, keyFrom + g * d, qkv, valueFrom + g * d, cache.seen());
    }
    workers.run(
        config.heads(),
        h -> heads[h].attend(cache.head(layer, h / config.group()), qkv, h * d, mixed));
    for (int g = 0; g < config.kvHeads(); g++) {
      average(cache.head(layer, g), g);
    }
    for (int h = 0; tap != null && h < config.heads(); h++) {
      int head = layer * config.heads() + h;
      tap.output(head, mixed, h * d, d);
      if (tap.tapsAttention()) {
        int slots = cache.head(layer, h / config.group()).slots();
        tap.attention(head, heads[h].probabilities(), 0, slots);
      }
    }
  }

  private void average(HeadCache head, int g) {
    int n = head.slots();
    if (average.length < n) {
      average = new float[n + 256];
    }
    Arrays.fill(average, 0, n, 0);
    for (int r = 0; r < config.group(); r++) {
      RowProducts.addScaled(
          average, heads[g * config.group() + r].probabilities(), 1f / config.group(), n);
    }
    head.attend(average);
  }
}
