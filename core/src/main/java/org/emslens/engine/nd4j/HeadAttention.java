package org.emslens.engine.nd4j;

import org.emslens.cache.HeadCache;
import org.emslens.math.Exponential;
import org.emslens.math.RowProducts;

/**
 * One query head's attention over the slots of its KV head, for one token; used by one thread at a
 * time.
 */
final class HeadAttention {
  private final int d;
  private final float scale;
  private final Exponential exponential = new Exponential();
  private float[] scores = new float[0];

  HeadAttention(int d) {
    this.d = d;
    scale = (float) (1 / Math.sqrt(d));
  }

  /** Probabilities over the slots of the last call; the array is longer. */
  float[] probabilities() {
    return scores;
  }

  /** Mixes the head's values for the query q[from..from+d) into out[from..from+d). */
  void attend(HeadCache head, float[] q, int from, float[] out) {
    int n = head.slots();
    if (scores.length < n) {
      scores = new float[n + 256];
    }
    RowProducts.products(q, from, head.keysTransposed(), scores, n);
    exponential.softmax(scores, n, scale, head.bias());
    int i = 0;
    for (; i + 8 <= d; i += 8) {
      eight(head.values(), i, n, out, from + i);
    }
    for (; i < d; i++) {
      float sum = 0;
      for (int j = 0; j < n; j++) {
        sum += scores[j] * head.values()[j * d + i];
      }
      out[from + i] = sum;
    }
  }

  /** Eight components at once: eight independent sums in registers. */
  private void eight(float[] values, int component, int n, float[] out, int to) {
    float a = 0;
    float b = 0;
    float c = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    float k = 0;
    for (int j = 0, v = component; j < n; j++, v += d) {
      float w = scores[j];
      a = Math.fma(w, values[v], a);
      b = Math.fma(w, values[v + 1], b);
      c = Math.fma(w, values[v + 2], c);
      e = Math.fma(w, values[v + 3], e);
      f = Math.fma(w, values[v + 4], f);
      g = Math.fma(w, values[v + 5], g);
      h = Math.fma(w, values[v + 6], h);
      k = Math.fma(w, values[v + 7], k);
    }
    out[to] = a;
    out[to + 1] = b;
    out[to + 2] = c;
    out[to + 3] = e;
    out[to + 4] = f;
    out[to + 5] = g;
    out[to + 6] = h;
    out[to + 7] = k;
  }
}
