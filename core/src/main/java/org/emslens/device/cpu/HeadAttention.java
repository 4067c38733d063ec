package org.emslens.device.cpu;

import java.util.Arrays;
import org.emslens.math.Exponential;
import org.emslens.model.AttentionSpec;

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
  void attend(HeadCache head, AttentionSpec.Shape shape, float[] q, int from, float[] out, int to) {
    int n = head.size();
    if (scores.length < n) {
      scores = new float[n + 256];
    }
    kernels.scores(q, from, head.slots(), scores, n);
    float scale = kernels.capped(scores, 0, n, shape);
    int first = head.firstReached();
    if (first == 0) {
      exponential.softmax(scores, n, scale, head.bias());
    } else {
      reached(first, n, scale, head.bias());
    }
    kernels.mix(scores, head.slots(), n, out, to);
  }

  /** Softmax over the slots from the first that is reached; the others get 0. */
  private void reached(int first, int n, float scale, float[] bias) {
    float[] some = Arrays.copyOfRange(scores, first, n);
    float[] biases = bias == null ? null : Arrays.copyOfRange(bias, first, n);
    exponential.softmax(some, some.length, scale, biases);
    Arrays.fill(scores, 0, first, 0);
    System.arraycopy(some, 0, scores, first, some.length);
  }
}
