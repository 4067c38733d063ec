package org.emslens.engine.nd4j;

import java.util.Arrays;
import org.emslens.cache.HeadCache;
import org.emslens.cache.KvCache;
import org.emslens.engine.AttentionRows;
import org.emslens.math.FastExp;
import org.emslens.model.ModelConfig;

/** One token through all layers. */
final class Decoder {
  private final ModelConfig config;
  private final LoadedModel model;
  private final Rope rope;
  private final float[] x;
  private final float[] normed;
  private final float[] qkv;
  private final float[] mixed;
  private final float[] added;
  private final float[] gateUp;
  private final float[] hidden;
  private final float[] angles;
  private final float[] logits;
  private float[] scores = new float[0];
  private float[] average = new float[0];

  Decoder(ModelConfig config, LoadedModel model, Rope rope) {
    this.config = config;
    this.model = model;
    this.rope = rope;
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

  float[] decode(KvCache cache, int token, AttentionRows attention) {
    model.embedding().row(token, x);
    rope.angles(cache.seen(), angles);
    for (int l = 0; l < config.layers(); l++) {
      Layer layer = model.layers().get(l);
      Activations.rmsNorm(x, 0, layer.attentionNorm(), config.normEpsilon(), normed, 0);
      layer.queryKeyValue().apply(normed, qkv);
      attend(cache, l, attention);
      layer.attentionOutput().apply(mixed, added);
      Activations.add(x, 0, added, 0, x.length);
      Activations.rmsNorm(x, 0, layer.feedForwardNorm(), config.normEpsilon(), normed, 0);
      layer.gateUp().apply(normed, gateUp);
      Activations.swiGlu(gateUp, 0, hidden.length, hidden, 0);
      layer.down().apply(hidden, added);
      Activations.add(x, 0, added, 0, x.length);
    }
    cache.advance();
    Activations.rmsNorm(x, 0, model.finalNorm(), config.normEpsilon(), normed, 0);
    model.output().apply(normed, logits);
    return logits;
  }

  private void attend(KvCache cache, int layer, AttentionRows attention) {
    int d = config.headDim();
    for (int h = 0; h < config.heads() + config.kvHeads(); h++) {
      rope.rotate(qkv, h * d, angles);
    }
    Arrays.fill(mixed, 0);
    int keyFrom = config.queryWidth();
    int valueFrom = keyFrom + config.kvWidth();
    for (int g = 0; g < config.kvHeads(); g++) {
      HeadCache head = cache.head(layer, g);
      head.append(qkv, keyFrom + g * d, qkv, valueFrom + g * d, cache.seen());
      attendGroup(head, layer, g, attention);
    }
  }

  private void attendGroup(HeadCache head, int layer, int g, AttentionRows attention) {
    int n = head.slots();
    int d = config.headDim();
    int group = config.group();
    if (average.length < n) {
      scores = new float[n + 256];
      average = new float[n + 256];
    }
    Arrays.fill(average, 0, n, 0);
    float scale = (float) (1 / Math.sqrt(d));
    for (int r = 0; r < group; r++) {
      int h = g * group + r;
      dots(qkv, h * d, head.keys(), n, d);
      FastExp.softmax(scores, 0, n, scale, head.bias());
      for (int j = 0; j < n; j++) {
        average[j] += scores[j] / group;
      }
      weighted(head.values(), n, d, h * d);
      if (attention != null) {
        attention.set(layer * config.heads() + h, scores, 0, n);
      }
    }
    head.attend(average);
  }

  /** scores[j] = query . key j. Four sums at once, since one alone waits for itself. */
  private void dots(float[] q, int from, float[] keys, int n, int d) {
    for (int j = 0; j < n; j++) {
      int k = j * d;
      float a = 0;
      float b = 0;
      float c = 0;
      float e = 0;
      int i = 0;
      for (; i + 4 <= d; i += 4) {
        a += q[from + i] * keys[k + i];
        b += q[from + i + 1] * keys[k + i + 1];
        c += q[from + i + 2] * keys[k + i + 2];
        e += q[from + i + 3] * keys[k + i + 3];
      }
      for (; i < d; i++) {
        a += q[from + i] * keys[k + i];
      }
      scores[j] = (a + b) + (c + e);
    }
  }

  private void weighted(float[] values, int n, int d, int to) {
    for (int j = 0; j < n; j++) {
      float w = scores[j];
      int v = j * d;
      for (int i = 0; i < d; i++) {
        mixed[to + i] += w * values[v + i];
      }
    }
  }
}
