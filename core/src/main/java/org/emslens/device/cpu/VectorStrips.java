package org.emslens.device.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static org.emslens.device.cpu.VectorKernels.F;
import static org.emslens.device.cpu.VectorKernels.I;
import static org.emslens.device.cpu.VectorKernels.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/** Comparing slots with slots, and adding them up. */
final class VectorStrips {
  private VectorStrips() {}

  static void lengths(Strip strip, float least) {
    float[] columns = strip.columns();
    for (int c = 0; c < Strip.WIDTH; c += L) {
      FloatVector sum = FloatVector.zero(F);
      for (int p = c; p < columns.length; p += Strip.WIDTH) {
        FloatVector x = FloatVector.fromArray(F, columns, p);
        sum = x.fma(x, sum);
      }
      FloatVector.broadcast(F, 1).div(sum.sqrt().max(least)).intoArray(strip.inverses(), c);
    }
  }

  static void cosines(
      float[] vectors, float[] inverses, int i, int also, Strip strip, float floor, float[] out) {
    int d = strip.d();
    for (int c = 0; c < Strip.WIDTH; c += 4 * L) {
      fourByTwo(
          vectors, i * d, also * d, strip, c, out, i * Strip.WIDTH + c, also * Strip.WIDTH + c);
    }
    scale(out, i * Strip.WIDTH, inverses[i], strip.inverses(), floor);
    if (also != i) {
      scale(out, also * Strip.WIDTH, inverses[also], strip.inverses(), floor);
    }
  }

  /** Eight sums: as many as hide how long a product takes, and leave registers for the rest. */
  private static void fourByTwo(
      float[] x, int from, int also, Strip strip, int c, float[] out, int to, int alsoTo) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = a;
    FloatVector e = a;
    FloatVector g = a;
    FloatVector a2 = a;
    FloatVector b2 = a;
    FloatVector e2 = a;
    FloatVector g2 = a;
    float[] columns = strip.columns();
    int d = strip.d();
    for (int k = 0, p = c; k < d; k++, p += Strip.WIDTH) {
      FloatVector u = FloatVector.broadcast(F, x[from + k]);
      FloatVector v = FloatVector.broadcast(F, x[also + k]);
      FloatVector w = FloatVector.fromArray(F, columns, p);
      a = w.fma(u, a);
      a2 = w.fma(v, a2);
      w = FloatVector.fromArray(F, columns, p + L);
      b = w.fma(u, b);
      b2 = w.fma(v, b2);
      w = FloatVector.fromArray(F, columns, p + 2 * L);
      e = w.fma(u, e);
      e2 = w.fma(v, e2);
      w = FloatVector.fromArray(F, columns, p + 3 * L);
      g = w.fma(u, g);
      g2 = w.fma(v, g2);
    }
    a.intoArray(out, to);
    b.intoArray(out, to + L);
    e.intoArray(out, to + 2 * L);
    g.intoArray(out, to + 3 * L);
    a2.intoArray(out, alsoTo);
    b2.intoArray(out, alsoTo + L);
    e2.intoArray(out, alsoTo + 2 * L);
    g2.intoArray(out, alsoTo + 3 * L);
  }

  private static void scale(float[] x, int from, float factor, float[] factors, float floor) {
    for (int c = 0; c < Strip.WIDTH; c += L) {
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
    for (int c = 0; c < Strip.WIDTH; c += L) {
      column(x, rows, c, best, which, to + c);
    }
  }

  private static void column(float[] x, int rows, int c, float[] best, int[] which, int to) {
    FloatVector most = FloatVector.fromArray(F, best, to);
    IntVector row = IntVector.fromArray(I, which, to);
    IntVector now = IntVector.zero(I);
    for (int r = 0, p = c; r < rows; r++, p += Strip.WIDTH) {
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
