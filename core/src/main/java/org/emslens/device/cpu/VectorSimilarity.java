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
    for (int c = 0; c < Slots.PAGE; c += L) {
      FloatVector sum = FloatVector.zero(F);
      for (int i = 0, p = slots.keyAt(c); i < d; i++, p += Slots.LANES) {
        FloatVector x = FloatVector.fromArray(F, keys, p);
        sum = x.fma(x, sum);
      }
      FloatVector.broadcast(F, 1).div(sum.sqrt().max(least)).intoArray(into, c);
    }
  }

  static void cosines(float[] x, int rows, float[] rowFactors, float[] factors, float floor) {
    for (int r = 0; r < rows; r++) {
      scale(x, r * Slots.PAGE, rowFactors[r], factors, floor);
    }
  }

  private static void scale(float[] x, int from, float factor, float[] factors, float floor) {
    for (int c = 0; c < Slots.PAGE; c += L) {
      FloatVector.fromArray(F, x, from + c)
          .mul(factor)
          .mul(FloatVector.fromArray(F, factors, c))
          .max(floor)
          .intoArray(x, from + c);
    }
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

  static void keepLargest(float[] x, int rows, float[] best, int[] which, int to) {
    for (int c = 0; c < Slots.PAGE; c += L) {
      column(x, rows, c, best, which, to + c);
    }
  }

  private static void column(float[] x, int rows, int c, float[] best, int[] which, int to) {
    FloatVector most = FloatVector.fromArray(F, best, to);
    IntVector row = IntVector.fromArray(I, which, to);
    IntVector now = IntVector.zero(I);
    for (int r = 0, p = c; r < rows; r++, p += Slots.PAGE) {
      FloatVector v = FloatVector.fromArray(F, x, p);
      VectorMask<Float> larger = v.compare(GT, most);
      most = most.blend(v, larger);
      row = row.blend(now, larger.cast(I));
      now = now.add(1);
    }
    most.intoArray(best, to);
    row.intoArray(which, to);
  }
}
