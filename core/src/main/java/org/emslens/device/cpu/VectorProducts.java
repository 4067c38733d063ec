package org.emslens.device.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.emslens.device.cpu.VectorKernels.F;
import static org.emslens.device.cpu.VectorKernels.I;
import static org.emslens.device.cpu.VectorKernels.L;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of a tile's rows, one vector of them, with rows of activations. Inputs have four sums by
 * turns, joined where a part ends that shares a scale: the same in every method here, whence a row
 * of activations has the same products in each, alone and beside others, to the last bit.
 *
 * <p>One loop over all parts, since what the compiler checks before a loop it would check for each
 * part again; and no larger bodies, since it stops inlining when a method has too many nodes, and
 * what it does not inline whole, it boxes. For the same reason sums lie in memory between parts.
 */
final class VectorProducts {
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final IntVector FIRST = IntVector.broadcast(I, 15);
  private static final IntVector SECOND = IntVector.broadcast(I, 15 << 4);
  private static final IntVector THIRD = IntVector.broadcast(I, 15 << 8);
  private static final IntVector FOURTH = IntVector.broadcast(I, 15 << 12);

  private VectorProducts() {}

  private static FloatVector of(float x) {
    return FloatVector.broadcast(F, x);
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(F, from, at);
  }

  private static IntVector word(MemorySegment words, long at) {
    return IntVector.fromMemorySegment(I, words, at, LE);
  }

  /** Nibbles of a word where they lie. */
  private static FloatVector nibble(IntVector w, IntVector mask) {
    return (FloatVector) w.and(mask).convert(I2F, 0);
  }

  private static FloatVector signed(IntVector w, int q) {
    return (FloatVector) w.lanewise(LSHL, 24 - 8 * q).lanewise(ASHR, 24).convert(I2F, 0);
  }

  /**
   * @param x {@link Inputs#shifted}
   */
  static void nibbles(
      MemorySegment words,
      long at,
      int blocks,
      float[] x,
      int from,
      float[] scales,
      float[] sums,
      int to) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector a = zero;
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector e = zero;
    for (int i = 0; i < 4 * blocks; i++) {
      IntVector w = word(words, at + 4L * L * i);
      int j = from + 8 * i;
      a = nibble(w, FIRST).fma(of(x[j]), a);
      b = nibble(w, SECOND).fma(of(x[j + 1]), b);
      c = nibble(w, THIRD).fma(of(x[j + 2]), c);
      e = nibble(w, FOURTH).fma(of(x[j + 3]), e);
      w = w.lanewise(LSHR, 16);
      a = nibble(w, FIRST).fma(of(x[j + 4]), a);
      b = nibble(w, SECOND).fma(of(x[j + 5]), b);
      c = nibble(w, THIRD).fma(of(x[j + 6]), c);
      e = nibble(w, FOURTH).fma(of(x[j + 7]), e);
      if ((i & 3) == 3) {
        FloatVector scale = load(scales, (i >> 2) * L);
        a.add(b).add(c.add(e)).fma(scale, load(sums, to)).intoArray(sums, to);
        a = zero;
        b = zero;
        c = zero;
        e = zero;
      }
    }
  }

  static void bytes(
      MemorySegment words,
      long at,
      int blocks,
      float[] x,
      int from,
      float[] scales,
      float[] sums,
      int to) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector a = zero;
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector e = zero;
    for (int i = 0; i < 8 * blocks; i++) {
      IntVector w = word(words, at + 4L * L * i);
      int j = from + 4 * i;
      a = signed(w, 0).fma(of(x[j]), a);
      b = signed(w, 1).fma(of(x[j + 1]), b);
      c = signed(w, 2).fma(of(x[j + 2]), c);
      e = signed(w, 3).fma(of(x[j + 3]), e);
      if ((i & 7) == 7) {
        FloatVector scale = load(scales, (i >> 3) * L);
        a.add(b).add(c.add(e)).fma(scale, load(sums, to)).intoArray(sums, to);
        a = zero;
        b = zero;
        c = zero;
        e = zero;
      }
    }
  }

  static void accumulate(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int from,
      float[] scales,
      int firstScale,
      float[] sums,
      int to) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector a = zero;
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector e = zero;
    int scale = firstScale;
    int end = part - 4;
    for (int i = 0; i < inputs; i += 4) {
      int p = i * L;
      a = load(levels, p).fma(of(x[from + i]), a);
      b = load(levels, p + L).fma(of(x[from + i + 1]), b);
      c = load(levels, p + 2 * L).fma(of(x[from + i + 2]), c);
      e = load(levels, p + 3 * L).fma(of(x[from + i + 3]), e);
      if ((i & end) == end) {
        a.add(b).add(c.add(e)).fma(load(scales, scale), load(sums, to)).intoArray(sums, to);
        scale += L;
        a = zero;
        b = zero;
        c = zero;
        e = zero;
      }
    }
  }

  /** The same for two rows of activations. */
  static void accumulate(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int from,
      int also,
      float[] scales,
      int firstScale,
      float[] sums,
      int to,
      int alsoTo) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector a = zero;
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector e = zero;
    FloatVector a2 = zero;
    FloatVector b2 = zero;
    FloatVector c2 = zero;
    FloatVector e2 = zero;
    int scale = firstScale;
    int end = part - 4;
    for (int i = 0; i < inputs; i += 4) {
      int p = i * L;
      FloatVector w = load(levels, p);
      a = w.fma(of(x[from + i]), a);
      a2 = w.fma(of(x[also + i]), a2);
      w = load(levels, p + L);
      b = w.fma(of(x[from + i + 1]), b);
      b2 = w.fma(of(x[also + i + 1]), b2);
      w = load(levels, p + 2 * L);
      c = w.fma(of(x[from + i + 2]), c);
      c2 = w.fma(of(x[also + i + 2]), c2);
      w = load(levels, p + 3 * L);
      e = w.fma(of(x[from + i + 3]), e);
      e2 = w.fma(of(x[also + i + 3]), e2);
      if ((i & end) == end) {
        FloatVector s = load(scales, scale);
        a.add(b).add(c.add(e)).fma(s, load(sums, to)).intoArray(sums, to);
        a2.add(b2).add(c2.add(e2)).fma(s, load(sums, alsoTo)).intoArray(sums, alsoTo);
        scale += L;
        a = zero;
        b = zero;
        c = zero;
        e = zero;
        a2 = zero;
        b2 = zero;
        c2 = zero;
        e2 = zero;
      }
    }
  }
}
