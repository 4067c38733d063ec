package org.emslens.device.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.emslens.device.packed.Levels;

/**
 * Loops in Java's Vector API: lanes are rows of a matrix or slots of a cache, so that nothing is
 * summed across lanes. A tile is one vector of rows.
 *
 * <p>Methods are small on purpose: what the compiler does not inline whole, it boxes.
 */
final class VectorKernels implements Kernels {
  static final VectorSpecies<Float> F =
      FloatVector.SPECIES_PREFERRED.length() > Slots.LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> I = F.withLanes(int.class).check(int.class);
  static final int L = F.length();
  private static final VectorSpecies<Short> S =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * L)));
  private static final VectorSpecies<Byte> B =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * L)));
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  @Override
  public String name() {
    return F.vectorBitSize() + "-bit vectors";
  }

  @Override
  public int few() {
    return 64;
  }

  @Override
  public int tileRows() {
    return L;
  }

  @Override
  public void scores(float[] x, int from, Slots slots, int first, int count, float[] out) {
    VectorAttention.scores(x, from, slots, first, count, out);
  }

  @Override
  public void mix(float[] weights, Slots slots, int first, int count, float[] out, int to) {
    VectorAttention.mix(weights, slots, first, count, out, to);
  }

  @Override
  public void scores(float[] x, int rows, Slots slots, int n, float[] out, int stride) {
    VectorAttention.scores(x, rows, slots, n, out, stride);
  }

  @Override
  public void mix(float[] weights, int rows, int stride, Slots slots, int n, float[] out) {
    VectorAttention.mix(weights, rows, stride, slots, n, out);
  }

  @Override
  public float softmax(
      float[] x,
      int from,
      int n,
      float scale,
      float[] average,
      float share,
      float[] largest,
      int to) {
    return VectorSoftmax.softmax(x, from, n, scale, average, share, largest, to);
  }

  @Override
  public void softCap(float[] x, int from, int n, float scale, float softCap) {
    VectorSoftmax.softCap(x, from, n, scale, softCap);
  }

  @Override
  public void inverseLengths(Slots slots, float least, float[] into) {
    VectorSimilarity.inverseLengths(slots, least, into);
  }

  @Override
  public void keepLargest(
      Cosines a, Cosines b, int rows, float floor, float[] best, int[] which, int to) {
    VectorSimilarity.keepLargest(a, b, rows, floor, best, which, to);
  }

  @Override
  public void add(float factor, float[] x, int from, float[] y, int to, int n) {
    VectorSimilarity.add(factor, x, from, y, to, n);
  }

  @Override
  public void raise(float[] most, int first, int end, float[] x, int xFrom, float factor) {
    VectorSimilarity.raise(most, first, end, x, xFrom, factor);
  }

  @Override
  public void levels(Levels levels, MemorySegment words, long at, float[] into, int to) {
    switch (levels) {
      case NIBBLES -> nibbles(words, at, into, to);
      case FIFTHS -> fifths(words, at, into, to);
      case SIXTHS -> sixths(words, at, into, to);
      case BYTES -> bytes(words, at, into, to);
      case HALVES -> halfWords(words, at, into, to);
      case BFLOATS -> bfloats(words, at, into, to);
      case FLOATS -> floats(words, at, into, to);
    }
  }

  private static IntVector word(MemorySegment words, long at, int k) {
    return IntVector.fromMemorySegment(I, words, at + 4L * L * k, LE);
  }

  private static void put(IntVector level, float[] into, int to) {
    ((FloatVector) level.convert(I2F, 0)).intoArray(into, to);
  }

  private static void nibbles(MemorySegment words, long at, float[] into, int to) {
    for (int k = 0; k < 4; k++) {
      IntVector w = word(words, at, k);
      for (int q = 0; q < 8; q++) {
        put(w.lanewise(LSHR, 4 * q).and(15), into, to + (8 * k + q) * L);
      }
    }
  }

  private static void fifths(MemorySegment words, long at, float[] into, int to) {
    IntVector fifth = word(words, at, 4);
    for (int k = 0; k < 4; k++) {
      IntVector w = word(words, at, k);
      for (int q = 0; q < 8; q++) {
        int j = 8 * k + q;
        put(upper(w.lanewise(LSHR, 4 * q), fifth, j, 16), into, to + j * L);
      }
    }
  }

  private static void sixths(MemorySegment words, long at, float[] into, int to) {
    for (int k = 0; k < 4; k++) {
      IntVector w = word(words, at, k);
      IntVector plane = word(words, at, 4 + k / 2);
      for (int q = 0; q < 8; q++) {
        int j = 8 * k + q;
        put(upper(w.lanewise(LSHR, 4 * q), plane, 2 * (j % 16), 48), into, to + j * L);
      }
    }
  }

  /** A nibble, and above it the bits of a plane that begin at `bit`. */
  private static IntVector upper(IntVector nibble, IntVector plane, int bit, int mask) {
    return nibble.and(15).or(plane.lanewise(ROR, bit + 28 & 31).and(mask));
  }

  private static void bytes(MemorySegment words, long at, float[] into, int to) {
    for (int k = 0; k < 8; k++) {
      IntVector w = word(words, at, k);
      int j = 4 * k;
      put(w.lanewise(LSHL, 24).lanewise(ASHR, 24), into, to + j * L);
      put(w.lanewise(LSHL, 16).lanewise(ASHR, 24), into, to + (j + 1) * L);
      put(w.lanewise(LSHL, 8).lanewise(ASHR, 24), into, to + (j + 2) * L);
      put(w.lanewise(ASHR, 24), into, to + (j + 3) * L);
    }
  }

  private static void halfWords(MemorySegment words, long at, float[] into, int to) {
    for (int k = 0; k < 16; k++) {
      IntVector w = word(words, at, k);
      float16(w.and(0xffff)).intoArray(into, to + 2 * k * L);
      float16(w.lanewise(LSHR, 16)).intoArray(into, to + (2 * k + 1) * L);
    }
  }

  private static void bfloats(MemorySegment words, long at, float[] into, int to) {
    for (int k = 0; k < 16; k++) {
      IntVector w = word(words, at, k);
      w.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(into, to + 2 * k * L);
      w.and(0xffff0000).reinterpretAsFloats().intoArray(into, to + (2 * k + 1) * L);
    }
  }

  private static void floats(MemorySegment words, long at, float[] into, int to) {
    for (int j = 0; j < 32; j++) {
      word(words, at, j).reinterpretAsFloats().intoArray(into, to + j * L);
    }
  }

  @Override
  public boolean products(
      Levels levels,
      MemorySegment words,
      long at,
      int blocks,
      Inputs inputs,
      int from,
      float[] scales,
      float[] sums,
      int to) {
    switch (levels) {
      case NIBBLES ->
          VectorProducts.nibbles(words, at, blocks, inputs.shifted(), from, scales, sums, to);
      case BYTES -> VectorProducts.bytes(words, at, blocks, inputs.x(), from, scales, sums, to);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** One vector of half-precision numbers. */
  private static FloatVector half(MemorySegment from, long at) {
    ShortVector s = ShortVector.fromMemorySegment(S, from, at, LE);
    return float16((IntVector) s.convertShape(ZERO_EXTEND_S2I, I, 0));
  }

  private static FloatVector signed(MemorySegment from, long at) {
    return (FloatVector) ByteVector.fromMemorySegment(B, from, at, LE).convertShape(B2F, F, 0);
  }

  /**
   * Half precision from its bits: the exponents of the two formats differ by 112. Subnormal numbers
   * are made of normal ones, since products with subnormal floats take a hundred times as long.
   */
  private static FloatVector float16(IntVector bits) {
    IntVector size = bits.and(0x7fff).lanewise(LSHL, 13);
    FloatVector normal = size.add(112 << 23).reinterpretAsFloats();
    FloatVector small = size.add(113 << 23).reinterpretAsFloats().sub(0x1p-14f);
    return normal
        .blend(small, bits.and(0x7c00).eq(0).cast(F))
        .reinterpretAsInts()
        .or(bits.and(0x8000).lanewise(LSHL, 16))
        .reinterpretAsFloats();
  }

  @Override
  public void halves(MemorySegment from, long at, int apart, int count, float[] into) {
    for (int i = 0; i < count; i++) {
      half(from, at + (long) apart * i).intoArray(into, L * i);
    }
  }

  @Override
  public void bytes(
      MemorySegment from, long at, float[] factors, int factorsFrom, float[] into, int to) {
    signed(from, at).mul(FloatVector.fromArray(F, factors, factorsFrom)).intoArray(into, to);
  }

  @Override
  public void weights(
      float[] levels,
      int at,
      float offset,
      float[] scales,
      int scaleFrom,
      float[] minima,
      int minimumFrom,
      MemorySegment into,
      long to) {
    FloatVector.fromArray(F, levels, at)
        .sub(offset)
        .mul(FloatVector.fromArray(F, scales, scaleFrom))
        .add(FloatVector.fromArray(F, minima, minimumFrom))
        .intoMemorySegment(into, to, ByteOrder.nativeOrder());
  }

  @Override
  public void accumulate(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int from,
      float[] scales,
      int scale,
      float[] sums,
      int to) {
    VectorProducts.accumulate(levels, inputs, part, x, from, scales, scale, sums, to);
  }

  @Override
  public void accumulateTwo(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int from,
      int also,
      float[] scales,
      int scale,
      float[] sums,
      int to,
      int alsoTo) {
    VectorProducts.accumulate(levels, inputs, part, x, from, also, scales, scale, sums, to, alsoTo);
  }

  @Override
  public void addScaled(float[] rows, int count, float[] x, int xFrom, float[] sums, int sumsFrom) {
    FloatVector total = FloatVector.fromArray(F, sums, sumsFrom);
    for (int i = 0; i < count; i++) {
      total = level(rows, i * L, x[xFrom + i], total);
    }
    total.intoArray(sums, sumsFrom);
  }

  private static FloatVector level(float[] levels, int at, float x, FloatVector sum) {
    return FloatVector.fromArray(F, levels, at).fma(FloatVector.broadcast(F, x), sum);
  }
}
