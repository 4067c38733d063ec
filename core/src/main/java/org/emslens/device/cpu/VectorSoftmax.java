package org.emslens.device.cpu;

import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.emslens.device.cpu.VectorKernels.F;
import static org.emslens.device.cpu.VectorKernels.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/** Scores to probabilities, and the sums that policies score by. */
final class VectorSoftmax {
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and taking away 1.5 x 2^23 rounds a small float to a whole number. */
  private static final float ROUND = 12582912f;

  private VectorSoftmax() {}

  static float softmax(
      float[] x,
      int from,
      int n,
      float scale,
      float[] average,
      float share,
      float[] largest,
      int to) {
    float max = max(x, from, n) * scale;
    float sum = exponentials(x, from, n, scale, max);
    spread(x, from, n, 1 / sum, average, share, largest, to);
    return max + (float) Math.log(sum);
  }

  private static float max(float[] x, int from, int n) {
    int whole = F.loopBound(n);
    FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int j = 0; j < whole; j += L) {
      most = most.max(FloatVector.fromArray(F, x, from + j));
    }
    float max = most.reduceLanes(MAX);
    for (int j = whole; j < n; j++) {
      max = Math.max(max, x[from + j]);
    }
    return max;
  }

  /** Turns scores into exp(scale * score - max), and sums them. */
  private static float exponentials(float[] x, int from, int n, float scale, float max) {
    int whole = F.loopBound(n);
    FloatVector sum = FloatVector.zero(F);
    for (int j = 0; j < whole; j += L) {
      FloatVector e = exp(FloatVector.fromArray(F, x, from + j).mul(scale).sub(max));
      e.intoArray(x, from + j);
      sum = sum.add(e);
    }
    if (whole < n) {
      VectorMask<Float> rest = F.indexInRange(whole, n);
      FloatVector last = FloatVector.fromArray(F, x, from + whole, rest);
      FloatVector e = exp(last.mul(scale).sub(max));
      e.intoArray(x, from + whole, rest);
      sum = sum.add(e, rest);
    }
    // Lanes are added one by one: the order in which Java reduces them is the compiler's.
    float[] lanes = new float[L];
    sum.intoArray(lanes, 0);
    float total = 0;
    for (float lane : lanes) {
      total += lane;
    }
    return total;
  }

  private static void spread(
      float[] x,
      int from,
      int n,
      float inverse,
      float[] average,
      float share,
      float[] largest,
      int to) {
    int whole = F.loopBound(n);
    for (int j = 0; j < whole; j += L) {
      FloatVector p = FloatVector.fromArray(F, x, from + j).mul(inverse);
      p.intoArray(x, from + j);
      p.mul(share).add(FloatVector.fromArray(F, average, to + j)).intoArray(average, to + j);
      p.max(FloatVector.fromArray(F, largest, to + j)).intoArray(largest, to + j);
    }
    for (int j = whole; j < n; j++) {
      float p = x[from + j] * inverse;
      x[from + j] = p;
      average[to + j] += p * share;
      largest[to + j] = Math.max(largest[to + j], p);
    }
  }

  /** tanh(y) = 1 - 2 / (e^2y + 1); what is beyond 87 is 1 to the last bit either way. */
  static void softCap(float[] x, int from, int n, float scale, float softCap) {
    float twice = 2 * scale / softCap;
    int whole = F.loopBound(n);
    for (int j = 0; j < whole; j += L) {
      FloatVector e = exp(FloatVector.fromArray(F, x, from + j).mul(twice).min(87f));
      FloatVector.broadcast(F, 1)
          .sub(FloatVector.broadcast(F, 2).div(e.add(1f)))
          .mul(softCap)
          .intoArray(x, from + j);
    }
    for (int j = whole; j < n; j++) {
      x[from + j] = (float) (softCap * Math.tanh(x[from + j] * scale / softCap));
    }
  }

  /**
   * exp(x) for x from -87 to 87, what is below taken for -87, within 2e-7 relatively: 2^k exp(f)
   * with whole k, a polynomial for exp(f), and k added to the exponent's bits.
   */
  private static FloatVector exp(FloatVector x) {
    FloatVector v = x.max(-87f);
    FloatVector k = v.mul(LOG2_E).add(ROUND).sub(ROUND);
    FloatVector f = k.fma(FloatVector.broadcast(F, -LN2_HIGH), v);
    f = k.fma(FloatVector.broadcast(F, -LN2_LOW), f);
    FloatVector p = FloatVector.broadcast(F, 1.9875691500e-4f);
    p = p.fma(f, FloatVector.broadcast(F, 1.3981999507e-3f));
    p = p.fma(f, FloatVector.broadcast(F, 8.3334519073e-3f));
    p = p.fma(f, FloatVector.broadcast(F, 4.1665795894e-2f));
    p = p.fma(f, FloatVector.broadcast(F, 1.6666665459e-1f));
    p = p.fma(f, FloatVector.broadcast(F, 5.0000001201e-1f));
    p = p.fma(f.mul(f), f).add(1f);
    IntVector power = (IntVector) k.convert(F2I, 0);
    return p.reinterpretAsInts().add(power.lanewise(LSHL, 23)).reinterpretAsFloats();
  }
}
