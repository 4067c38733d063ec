package org.emslens.device.cpu;

import static org.emslens.device.cpu.Kernels.ROWS;
import static org.emslens.device.cpu.VectorKernels.F;
import static org.emslens.device.cpu.VectorKernels.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Products of queries with keys, and of probabilities with values.
 *
 * <p>Places are a loop's first one plus a multiple of its counter: of others the compiler checks in
 * every turn that they lie in their array.
 */
final class VectorAttention {
  private VectorAttention() {}

  static void scores(float[] x, int from, Slots slots, int first, int count, float[] out) {
    int whole = first + count / Slots.LANES * Slots.LANES;
    for (int j = first; j < whole; j += Slots.LANES) {
      tile(x, from, slots, j, out, j);
    }
    int rest = first + count - whole;
    if (rest > 0) {
      float[] last = new float[Slots.LANES];
      tile(x, from, slots, whole, last, 0);
      System.arraycopy(last, 0, out, whole, rest);
    }
  }

  private static void tile(float[] x, int from, Slots slots, int slot, float[] out, int to) {
    float[] keys = slots.keyPage(slot);
    int at = slots.keyAt(slot);
    if (L == Slots.LANES) {
      oneVector(x, from, keys, at, slots.headDim(), out, to);
    } else {
      for (int lane = 0; lane < Slots.LANES; lane += 2 * L) {
        twoVectors(x, from, keys, at + lane, slots.headDim(), out, to + lane);
      }
    }
  }

  private static void oneVector(
      float[] x, int from, float[] keys, int at, int d, float[] out, int to) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    int i = 0;
    int p = at;
    for (; i + 4 <= d; i += 4, p += 4 * Slots.LANES) {
      a = FloatVector.fromArray(F, keys, p).fma(of(x[from + i]), a);
      b = FloatVector.fromArray(F, keys, p + Slots.LANES).fma(of(x[from + i + 1]), b);
      c = FloatVector.fromArray(F, keys, p + 2 * Slots.LANES).fma(of(x[from + i + 2]), c);
      e = FloatVector.fromArray(F, keys, p + 3 * Slots.LANES).fma(of(x[from + i + 3]), e);
    }
    for (; i < d; i++, p += Slots.LANES) {
      a = FloatVector.fromArray(F, keys, p).fma(of(x[from + i]), a);
    }
    a.add(b).add(c.add(e)).intoArray(out, to);
  }

  /** Two vectors of slots, so that each component that is read serves both. */
  private static void twoVectors(
      float[] x, int from, float[] keys, int at, int d, float[] out, int to) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    int i = 0;
    int p = at;
    for (; i + 2 <= d; i += 2, p += 2 * Slots.LANES) {
      FloatVector v = of(x[from + i]);
      a = FloatVector.fromArray(F, keys, p).fma(v, a);
      b = FloatVector.fromArray(F, keys, p + L).fma(v, b);
      v = of(x[from + i + 1]);
      c = FloatVector.fromArray(F, keys, p + Slots.LANES).fma(v, c);
      e = FloatVector.fromArray(F, keys, p + Slots.LANES + L).fma(v, e);
    }
    if (i < d) {
      FloatVector v = of(x[from + i]);
      a = FloatVector.fromArray(F, keys, p).fma(v, a);
      b = FloatVector.fromArray(F, keys, p + L).fma(v, b);
    }
    a.add(c).intoArray(out, to);
    b.add(e).intoArray(out, to + L);
  }

  static void mix(float[] weights, Slots slots, int first, int count, float[] out, int to) {
    for (int j = first; j < first + count; j += Slots.PAGE) {
      mixPage(weights, slots, j, Math.min(Slots.PAGE, first + count - j), out, to);
    }
  }

  /** Adds what a page of values gives to one row. */
  private static void mixPage(float[] w, Slots slots, int first, int count, float[] out, int to) {
    int d = slots.headDim();
    float[] page = slots.valuePage(first);
    int i = 0;
    for (; i + 4 * L <= d; i += 4 * L) {
      four(w, first, page, i, count, d, out, to + i);
    }
    for (; i + L <= d; i += L) {
      one(w, first, page, i, count, d, out, to + i);
    }
    for (; i < d; i++) {
      float sum = out[to + i];
      for (int j = 0; j < count; j++) {
        sum = Math.fma(w[first + j], page[j * d + i], sum);
      }
      out[to + i] = sum;
    }
  }

  private static void four(
      float[] w, int at, float[] page, int i, int count, int d, float[] out, int to) {
    FloatVector a = FloatVector.fromArray(F, out, to);
    FloatVector b = FloatVector.fromArray(F, out, to + L);
    FloatVector c = FloatVector.fromArray(F, out, to + 2 * L);
    FloatVector e = FloatVector.fromArray(F, out, to + 3 * L);
    for (int j = 0, p = i; j < count; j++, p += d) {
      FloatVector f = of(w[at + j]);
      a = FloatVector.fromArray(F, page, p).fma(f, a);
      b = FloatVector.fromArray(F, page, p + L).fma(f, b);
      c = FloatVector.fromArray(F, page, p + 2 * L).fma(f, c);
      e = FloatVector.fromArray(F, page, p + 3 * L).fma(f, e);
    }
    a.intoArray(out, to);
    b.intoArray(out, to + L);
    c.intoArray(out, to + 2 * L);
    e.intoArray(out, to + 3 * L);
  }

  static void scores(float[] x, int rows, Slots slots, int n, float[] out, int stride) {
    for (int j = 0; j < n; j += Slots.PAGE) {
      for (int r = 0; r < rows; r += ROWS) {
        for (int lane = 0; lane < Slots.PAGE; lane += 4 * L) {
          if (L < Slots.LANES) {
            twoRows(x, r, slots, j, lane, out, r * stride + j + lane, stride);
            twoRows(x, r + 2, slots, j, lane, out, (r + 2) * stride + j + lane, stride);
          } else {
            fourRows(x, r, slots, j, lane, out, r * stride + j + lane, stride);
          }
        }
      }
    }
  }

  private static FloatVector of(float x) {
    return FloatVector.broadcast(F, x);
  }

  /** Four queries with four vectors of slots. */
  private static void fourRows(
      float[] x, int row, Slots slots, int slot, int lane, float[] out, int to, int stride) {
    int d = slots.headDim();
    float[] keys = slots.keyPage(slot);
    int p = slots.keyAt(lane);
    int q = slots.keyAt(lane + L);
    int s = slots.keyAt(lane + 2 * L);
    int t = slots.keyAt(lane + 3 * L);
    int x0 = row * d;
    int x1 = x0 + d;
    int x2 = x1 + d;
    int x3 = x2 + d;
    FloatVector a0 = FloatVector.zero(F);
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector e0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector e1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector c2 = a0;
    FloatVector e2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    FloatVector c3 = a0;
    FloatVector e3 = a0;
    for (int i = 0; i < d; i++) {
      int at = i * Slots.LANES;
      FloatVector a = FloatVector.fromArray(F, keys, p + at);
      FloatVector b = FloatVector.fromArray(F, keys, q + at);
      FloatVector c = FloatVector.fromArray(F, keys, s + at);
      FloatVector e = FloatVector.fromArray(F, keys, t + at);
      FloatVector v = of(x[x0 + i]);
      a0 = a.fma(v, a0);
      b0 = b.fma(v, b0);
      c0 = c.fma(v, c0);
      e0 = e.fma(v, e0);
      v = of(x[x1 + i]);
      a1 = a.fma(v, a1);
      b1 = b.fma(v, b1);
      c1 = c.fma(v, c1);
      e1 = e.fma(v, e1);
      v = of(x[x2 + i]);
      a2 = a.fma(v, a2);
      b2 = b.fma(v, b2);
      c2 = c.fma(v, c2);
      e2 = e.fma(v, e2);
      v = of(x[x3 + i]);
      a3 = a.fma(v, a3);
      b3 = b.fma(v, b3);
      c3 = c.fma(v, c3);
      e3 = e.fma(v, e3);
    }
    a0.intoArray(out, to);
    b0.intoArray(out, to + L);
    c0.intoArray(out, to + 2 * L);
    e0.intoArray(out, to + 3 * L);
    a1.intoArray(out, to + stride);
    b1.intoArray(out, to + stride + L);
    c1.intoArray(out, to + stride + 2 * L);
    e1.intoArray(out, to + stride + 3 * L);
    a2.intoArray(out, to + 2 * stride);
    b2.intoArray(out, to + 2 * stride + L);
    c2.intoArray(out, to + 2 * stride + 2 * L);
    e2.intoArray(out, to + 2 * stride + 3 * L);
    a3.intoArray(out, to + 3 * stride);
    b3.intoArray(out, to + 3 * stride + L);
    c3.intoArray(out, to + 3 * stride + 2 * L);
    e3.intoArray(out, to + 3 * stride + 3 * L);
  }

  /** Two queries with four vectors of slots, for processors of sixteen registers. */
  private static void twoRows(
      float[] x, int row, Slots slots, int slot, int lane, float[] out, int to, int stride) {
    int d = slots.headDim();
    float[] keys = slots.keyPage(slot);
    int p = slots.keyAt(lane);
    int q = slots.keyAt(lane + 2 * L);
    int x0 = row * d;
    int x1 = x0 + d;
    FloatVector a0 = FloatVector.zero(F);
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector e0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector e1 = a0;
    for (int i = 0; i < d - 1; i += 2) {
      int at = i * Slots.LANES;
      FloatVector v = of(x[x0 + i]);
      FloatVector w = of(x[x1 + i]);
      FloatVector k = FloatVector.fromArray(F, keys, p + at);
      a0 = k.fma(v, a0);
      a1 = k.fma(w, a1);
      k = FloatVector.fromArray(F, keys, p + at + L);
      b0 = k.fma(v, b0);
      b1 = k.fma(w, b1);
      k = FloatVector.fromArray(F, keys, q + at);
      c0 = k.fma(v, c0);
      c1 = k.fma(w, c1);
      k = FloatVector.fromArray(F, keys, q + at + L);
      e0 = k.fma(v, e0);
      e1 = k.fma(w, e1);
      v = of(x[x0 + i + 1]);
      w = of(x[x1 + i + 1]);
      k = FloatVector.fromArray(F, keys, p + at + Slots.LANES);
      a0 = k.fma(v, a0);
      a1 = k.fma(w, a1);
      k = FloatVector.fromArray(F, keys, p + at + Slots.LANES + L);
      b0 = k.fma(v, b0);
      b1 = k.fma(w, b1);
      k = FloatVector.fromArray(F, keys, q + at + Slots.LANES);
      c0 = k.fma(v, c0);
      c1 = k.fma(w, c1);
      k = FloatVector.fromArray(F, keys, q + at + Slots.LANES + L);
      e0 = k.fma(v, e0);
      e1 = k.fma(w, e1);
    }
    if (d % 2 != 0) {
      int at = (d - 1) * Slots.LANES;
      FloatVector v = of(x[x0 + d - 1]);
      FloatVector w = of(x[x1 + d - 1]);
      FloatVector k = FloatVector.fromArray(F, keys, p + at);
      a0 = k.fma(v, a0);
      a1 = k.fma(w, a1);
      k = FloatVector.fromArray(F, keys, p + at + L);
      b0 = k.fma(v, b0);
      b1 = k.fma(w, b1);
      k = FloatVector.fromArray(F, keys, q + at);
      c0 = k.fma(v, c0);
      c1 = k.fma(w, c1);
      k = FloatVector.fromArray(F, keys, q + at + L);
      e0 = k.fma(v, e0);
      e1 = k.fma(w, e1);
    }
    a0.intoArray(out, to);
    b0.intoArray(out, to + L);
    c0.intoArray(out, to + 2 * L);
    e0.intoArray(out, to + 3 * L);
    a1.intoArray(out, to + stride);
    b1.intoArray(out, to + stride + L);
    c1.intoArray(out, to + stride + 2 * L);
    e1.intoArray(out, to + stride + 3 * L);
  }

  static void mix(float[] weights, int rows, int stride, Slots slots, int n, float[] out) {
    int d = slots.headDim();
    Arrays.fill(out, 0, rows * d, 0);
    for (int first = 0; first < n; first += Slots.PAGE) {
      float[] page = slots.valuePage(first);
      int count = Math.min(Slots.PAGE, n - first);
      for (int r = 0; r < rows; r += ROWS) {
        mixPage(weights, r * stride + first, stride, page, count, d, out, r * d);
      }
    }
  }

  /** Adds what a page of values gives to four rows. */
  private static void mixPage(
      float[] w, int at, int stride, float[] page, int count, int d, float[] out, int to) {
    int i = 0;
    for (; L == Slots.LANES && i + 4 * L <= d; i += 4 * L) {
      fourByFour(w, at, stride, page, i, count, d, out, to + i);
    }
    for (; i + 2 * L <= d; i += 2 * L) {
      fourByTwo(w, at, stride, page, i, count, d, out, to + i);
    }
    for (; i + L <= d; i += L) {
      for (int r = 0; r < ROWS; r++) {
        one(w, at + r * stride, page, i, count, d, out, to + r * d + i);
      }
    }
    for (; i < d; i++) {
      for (int r = 0; r < ROWS; r++) {
        float sum = out[to + r * d + i];
        for (int j = 0; j < count; j++) {
          sum = Math.fma(w[at + r * stride + j], page[j * d + i], sum);
        }
        out[to + r * d + i] = sum;
      }
    }
  }

  /** Four rows of weights with four vectors of components. */
  private static void fourByFour(
      float[] w, int at, int stride, float[] page, int i, int count, int d, float[] out, int to) {
    FloatVector a0 = FloatVector.fromArray(F, out, to);
    FloatVector b0 = FloatVector.fromArray(F, out, to + L);
    FloatVector c0 = FloatVector.fromArray(F, out, to + 2 * L);
    FloatVector e0 = FloatVector.fromArray(F, out, to + 3 * L);
    FloatVector a1 = FloatVector.fromArray(F, out, to + d);
    FloatVector b1 = FloatVector.fromArray(F, out, to + d + L);
    FloatVector c1 = FloatVector.fromArray(F, out, to + d + 2 * L);
    FloatVector e1 = FloatVector.fromArray(F, out, to + d + 3 * L);
    FloatVector a2 = FloatVector.fromArray(F, out, to + 2 * d);
    FloatVector b2 = FloatVector.fromArray(F, out, to + 2 * d + L);
    FloatVector c2 = FloatVector.fromArray(F, out, to + 2 * d + 2 * L);
    FloatVector e2 = FloatVector.fromArray(F, out, to + 2 * d + 3 * L);
    FloatVector a3 = FloatVector.fromArray(F, out, to + 3 * d);
    FloatVector b3 = FloatVector.fromArray(F, out, to + 3 * d + L);
    FloatVector c3 = FloatVector.fromArray(F, out, to + 3 * d + 2 * L);
    FloatVector e3 = FloatVector.fromArray(F, out, to + 3 * d + 3 * L);
    int w1 = at + stride;
    int w2 = w1 + stride;
    int w3 = w2 + stride;
    for (int j = 0, p = i; j < count; j++, p += d) {
      FloatVector a = FloatVector.fromArray(F, page, p);
      FloatVector b = FloatVector.fromArray(F, page, p + L);
      FloatVector c = FloatVector.fromArray(F, page, p + 2 * L);
      FloatVector e = FloatVector.fromArray(F, page, p + 3 * L);
      FloatVector v = of(w[at + j]);
      a0 = a.fma(v, a0);
      b0 = b.fma(v, b0);
      c0 = c.fma(v, c0);
      e0 = e.fma(v, e0);
      v = of(w[w1 + j]);
      a1 = a.fma(v, a1);
      b1 = b.fma(v, b1);
      c1 = c.fma(v, c1);
      e1 = e.fma(v, e1);
      v = of(w[w2 + j]);
      a2 = a.fma(v, a2);
      b2 = b.fma(v, b2);
      c2 = c.fma(v, c2);
      e2 = e.fma(v, e2);
      v = of(w[w3 + j]);
      a3 = a.fma(v, a3);
      b3 = b.fma(v, b3);
      c3 = c.fma(v, c3);
      e3 = e.fma(v, e3);
    }
    a0.intoArray(out, to);
    b0.intoArray(out, to + L);
    c0.intoArray(out, to + 2 * L);
    e0.intoArray(out, to + 3 * L);
    a1.intoArray(out, to + d);
    b1.intoArray(out, to + d + L);
    c1.intoArray(out, to + d + 2 * L);
    e1.intoArray(out, to + d + 3 * L);
    a2.intoArray(out, to + 2 * d);
    b2.intoArray(out, to + 2 * d + L);
    c2.intoArray(out, to + 2 * d + 2 * L);
    e2.intoArray(out, to + 2 * d + 3 * L);
    a3.intoArray(out, to + 3 * d);
    b3.intoArray(out, to + 3 * d + L);
    c3.intoArray(out, to + 3 * d + 2 * L);
    e3.intoArray(out, to + 3 * d + 3 * L);
  }

  /** Four rows of weights with two vectors of components. */
  private static void fourByTwo(
      float[] w, int at, int stride, float[] page, int i, int count, int d, float[] out, int to) {
    FloatVector a0 = FloatVector.fromArray(F, out, to);
    FloatVector b0 = FloatVector.fromArray(F, out, to + L);
    FloatVector a1 = FloatVector.fromArray(F, out, to + d);
    FloatVector b1 = FloatVector.fromArray(F, out, to + d + L);
    FloatVector a2 = FloatVector.fromArray(F, out, to + 2 * d);
    FloatVector b2 = FloatVector.fromArray(F, out, to + 2 * d + L);
    FloatVector a3 = FloatVector.fromArray(F, out, to + 3 * d);
    FloatVector b3 = FloatVector.fromArray(F, out, to + 3 * d + L);
    int w1 = at + stride;
    int w2 = w1 + stride;
    int w3 = w2 + stride;
    int p = i;
    int j = 0;
    for (; j < count - 1; j += 2, p += 2 * d) {
      FloatVector a = FloatVector.fromArray(F, page, p);
      FloatVector b = FloatVector.fromArray(F, page, p + L);
      FloatVector v = of(w[at + j]);
      a0 = a.fma(v, a0);
      b0 = b.fma(v, b0);
      v = of(w[w1 + j]);
      a1 = a.fma(v, a1);
      b1 = b.fma(v, b1);
      v = of(w[w2 + j]);
      a2 = a.fma(v, a2);
      b2 = b.fma(v, b2);
      v = of(w[w3 + j]);
      a3 = a.fma(v, a3);
      b3 = b.fma(v, b3);
      a = FloatVector.fromArray(F, page, p + d);
      b = FloatVector.fromArray(F, page, p + d + L);
      v = of(w[at + j + 1]);
      a0 = a.fma(v, a0);
      b0 = b.fma(v, b0);
      v = of(w[w1 + j + 1]);
      a1 = a.fma(v, a1);
      b1 = b.fma(v, b1);
      v = of(w[w2 + j + 1]);
      a2 = a.fma(v, a2);
      b2 = b.fma(v, b2);
      v = of(w[w3 + j + 1]);
      a3 = a.fma(v, a3);
      b3 = b.fma(v, b3);
    }
    if (j < count) {
      FloatVector a = FloatVector.fromArray(F, page, p);
      FloatVector b = FloatVector.fromArray(F, page, p + L);
      FloatVector v = of(w[at + j]);
      a0 = a.fma(v, a0);
      b0 = b.fma(v, b0);
      v = of(w[w1 + j]);
      a1 = a.fma(v, a1);
      b1 = b.fma(v, b1);
      v = of(w[w2 + j]);
      a2 = a.fma(v, a2);
      b2 = b.fma(v, b2);
      v = of(w[w3 + j]);
      a3 = a.fma(v, a3);
      b3 = b.fma(v, b3);
    }
    a0.intoArray(out, to);
    b0.intoArray(out, to + L);
    a1.intoArray(out, to + d);
    b1.intoArray(out, to + d + L);
    a2.intoArray(out, to + 2 * d);
    b2.intoArray(out, to + 2 * d + L);
    a3.intoArray(out, to + 3 * d);
    b3.intoArray(out, to + 3 * d + L);
  }

  private static void one(
      float[] w, int at, float[] page, int i, int count, int d, float[] out, int to) {
    FloatVector sum = FloatVector.fromArray(F, out, to);
    for (int j = 0, p = i; j < count; j++, p += d) {
      sum = FloatVector.fromArray(F, page, p).fma(of(w[at + j]), sum);
    }
    sum.intoArray(out, to);
  }
}
