package org.emslens.device.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static org.emslens.device.cpu.VectorKernels.F;
import static org.emslens.device.cpu.VectorKernels.I;
import static org.emslens.device.cpu.VectorKernels.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/** Comparing slots with slots, and adding them up. */
final class VectorSimilarity {
  private VectorSimilarity() {}

  static void inverseLengths(Slots slots, float least, float[] into) {
    int d = slots.headDim();
    float[] keys = slots.keyPage(0);
    for (int c = 0; c < Slots.PAGE; c += 4 * L) {
      int p = slots.keyAt(c);
      int q = slots.keyAt(c + L);
      int s = slots.keyAt(c + 2 * L);
      int t = slots.keyAt(c + 3 * L);
      FloatVector sum0 = FloatVector.zero(F);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      for (int i = 0; i < d; i++) {
        int at = i * Slots.LANES;
        sum0 = squared(keys, p + at, sum0);
        sum1 = squared(keys, q + at, sum1);
        sum2 = squared(keys, s + at, sum2);
        sum3 = squared(keys, t + at, sum3);
      }
      inverse(sum0, least, into, c);
      inverse(sum1, least, into, c + L);
      inverse(sum2, least, into, c + 2 * L);
      inverse(sum3, least, into, c + 3 * L);
    }
  }

  private static FloatVector squared(float[] keys, int at, FloatVector sum) {
    FloatVector x = FloatVector.fromArray(F, keys, at);
    return x.fma(x, sum);
  }

  private static void inverse(FloatVector sum, float least, float[] into, int at) {
    FloatVector.broadcast(F, 1).div(sum.sqrt().max(least)).intoArray(into, at);
  }

  static void add(float factor, float[] x, int from, float[] y, int to, int n) {
    int whole = F.loopBound(n);
    for (int i = 0; i < whole; i += L) {
      FloatVector.fromArray(F, x, from + i)
          .mul(factor)
          .add(FloatVector.fromArray(F, y, to + i))
          .intoArray(y, to + i);
    }
    for (int i = whole; i < n; i++) {
      y[to + i] += factor * x[from + i];
    }
  }

  static void raise(float[] most, int first, int end, float[] x, int xFrom, float factor) {
    FloatVector by = FloatVector.broadcast(F, factor);
    int whole = first + F.loopBound(end - first);
    for (int j = first; j < whole; j += L) {
      FloatVector.fromArray(F, x, xFrom + j)
          .mul(by)
          .max(FloatVector.fromArray(F, most, j))
          .intoArray(most, j);
    }
    for (int j = whole; j < end; j++) {
      most[j] = Math.max(most[j], factor * x[xFrom + j]);
    }
  }

  static void keepLargest(
      Cosines a, Cosines b, int rows, float floor, float[] best, int[] which, int to) {
    for (int c = 0; c < Slots.PAGE; c += L) {
      if (b == null) {
        column(a, rows, c, floor, best, which, to + c);
      } else {
        column(a, b, rows, c, floor, best, which, to + c);
      }
    }
  }

  private static void column(
      Cosines a, int rows, int c, float floor, float[] best, int[] which, int to) {
    FloatVector factors = FloatVector.fromArray(F, a.factors(), c);
    FloatVector least = FloatVector.broadcast(F, floor);
    FloatVector most = FloatVector.fromArray(F, best, to);
    IntVector row = IntVector.fromArray(I, which, to);
    IntVector now = IntVector.zero(I);
    for (int r = 0, p = c; r < rows; r++, p += Slots.PAGE) {
      FloatVector v = cosines(a, r, p, factors, least);
      VectorMask<Float> larger = v.compare(GT, most);
      most = most.blend(v, larger);
      row = row.blend(now, larger.cast(I));
      now = now.add(1);
    }
    most.intoArray(best, to);
    row.intoArray(which, to);
  }

  private static void column(
      Cosines a, Cosines b, int rows, int c, float floor, float[] best, int[] which, int to) {
    FloatVector factors = FloatVector.fromArray(F, a.factors(), c);
    FloatVector others = FloatVector.fromArray(F, b.factors(), c);
    FloatVector least = FloatVector.broadcast(F, floor);
    FloatVector most = FloatVector.fromArray(F, best, to);
    IntVector row = IntVector.fromArray(I, which, to);
    IntVector now = IntVector.zero(I);
    for (int r = 0, p = c; r < rows; r++, p += Slots.PAGE) {
      FloatVector v = cosines(a, r, p, factors, least).mul(cosines(b, r, p, others, least));
      VectorMask<Float> larger = v.compare(GT, most);
      most = most.blend(v, larger);
      row = row.blend(now, larger.cast(I));
      now = now.add(1);
    }
    most.intoArray(best, to);
    row.intoArray(which, to);
  }

  private static FloatVector cosines(
      Cosines a, int row, int at, FloatVector factors, FloatVector least) {
    return FloatVector.fromArray(F, a.products(), at)
        .mul(FloatVector.broadcast(F, a.rowFactors()[row]))
        .mul(factors)
        .max(least);
  }
}
