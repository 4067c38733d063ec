package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.List;
import org.emslens.math.Exponential;
import org.emslens.model.AttentionSpec;

/**
 * One query head's attention over the slots of its KV head, for one token; used by one thread at a
 * time.
 */
final class HeadAttention {
  private final Exponential exponential = new Exponential();
  private float[] scores = new float[0];

  /** Probabilities over the slots of the last call; the array is longer. */
  float[] probabilities() {
    return scores;
  }

  /**
   * Attends with neighbouring query heads of one KV head, page by page of its slots, so that each
   * is read from memory once.
   *
   * @param heads of the query heads
   * @param q the queries, one after the other from q[from] on
   * @param out filled from out[to] on with the mixed values, likewise
   */
  static void attend(
      Kernels kernels,
      HeadCache head,
      AttentionSpec.Shape shape,
      List<HeadAttention> heads,
      float[] q,
      int from,
      float[] out,
      int to) {
    int n = head.size();
    int d = shape.headDim();
    Slots slots = head.slots();
    heads.forEach(h -> h.reserve(n));
    for (int first = 0; first < n; first += Slots.PAGE) {
      int count = Math.min(Slots.PAGE, n - first);
      for (int r = 0; r < heads.size(); r++) {
        kernels.scores(q, from + r * d, slots, first, count, heads.get(r).scores);
      }
    }
    heads.forEach(h -> h.softmax(kernels, head, shape, n));
    Arrays.fill(out, to, to + heads.size() * d, 0);
    for (int first = 0; first < n; first += Slots.PAGE) {
      int count = Math.min(Slots.PAGE, n - first);
      for (int r = 0; r < heads.size(); r++) {
        kernels.mix(heads.get(r).scores, slots, first, count, out, to + r * d);
      }
    }
  }

  private void reserve(int n) {
    if (scores.length < n) {
      scores = new float[n + 256];
    }
  }

  private void softmax(Kernels kernels, HeadCache head, AttentionSpec.Shape shape, int n) {
    float scale = kernels.capped(scores, 0, n, shape);
    int first = head.firstReached();
    if (first == 0) {
      exponential.softmax(scores, n, scale, head.bias());
    } else {
      reached(first, n, scale, head.bias());
    }
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
