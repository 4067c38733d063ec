package org.emslens.device.cpu;

import org.emslens.math.Exponential;

/**
 * One query head's attention over the slots of its KV head, for one token; used by one thread at a
 * time.
 */
final class HeadAttention {
  private final Kernels kernels;
  private final Exponential exponential = new Exponential();
  private float[] scores = new float[0];

  HeadAttention(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Probabilities over the slots of the last call; the array is longer. */
  float[] probabilities() {
    return scores;
  }

  /** Mixes the head's values for the query q[from..from+d) into out[to..to+d). */
  void attend(HeadCache head, float scale, float[] q, int from, float[] out, int to) {
    int n = head.size();
    if (scores.length < n) {
      scores = new float[n + 256];
    }
    kernels.scores(q, from, head.slots(), scores, n);
    exponential.softmax(scores, n, scale, head.bias());
    kernels.mix(scores, head.slots(), n, out, to);
  }
}
