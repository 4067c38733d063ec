package org.emslens.device.cpu;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops in Java's Vector API: lanes are rows of a matrix or slots of a cache, so that nothing is
 * summed across lanes. A tile is one vector of rows.
 *
 * <p>Methods are small on purpose: what the compiler does not inline whole, it boxes.
 */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> F =
      FloatVector.SPECIES_PREFERRED.length() > Slots.LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = F.withLanes(int.class).check(int.class);
  private static final int L = F.length();
  private static final VectorSpecies<Short> S =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * L)));
  private static final VectorSpecies<Byte> B =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * L)));
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LE);
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and taking away 1.5 x 2^23 rounds a small float to a whole number. */
  private static final float ROUND = 12582912f;

  @Override
  public String name() {
    return F.vectorBitSize() + "-bit vectors";
  }

  @Override
  public int tileRows() {
    return L;
  }

  @Override
  public void scores(float[] x, int from, Slots slots, float[] out, int n) {
    int whole = n / Slots.LANES * Slots.LANES;
    for (int j = 0; j < whole; j += Slots.LANES) {
      tile(x, from, slots, j, out, j);
    }
    if (whole < n) {
      float[] rest = new float[Slots.LANES];
      tile(x, from, slots, whole, rest, 0);
      System.arraycopy(rest, 0, out, whole, n - whole);
    }
  }

  private static void tile(float[] x, int from, Slots slots, int slot, float[] out, int to) {
    int d = slots.headDim();
    float[] keys = slots.keyPage(slot);
    int at = slots.keyAt(slot);
    for (int lane = 0; lane < Slots.LANES; lane += L) {
      FloatVector a = FloatVector.zero(F);
      FloatVector b = FloatVector.zero(F);
      FloatVector c = FloatVector.zero(F);
      FloatVector e = FloatVector.zero(F);
      int i = 0;
      int p = at + lane;
      for (; i + 4 <= d; i += 4, p += 4 * Slots.LANES) {
        a = FloatVector.fromArray(F, keys, p).fma(FloatVector.broadcast(F, x[from + i]), a);
        b =
            FloatVector.fromArray(F, keys, p + Slots.LANES)
                .fma(FloatVector.broadcast(F, x[from + i + 1]), b);
        c =
            FloatVector.fromArray(F, keys, p + 2 * Slots.LANES)
                .fma(FloatVector.broadcast(F, x[from + i + 2]), c);
        e =
            FloatVector.fromArray(F, keys, p + 3 * Slots.LANES)
                .fma(FloatVector.broadcast(F, x[from + i + 3]), e);
      }
      for (; i < d; i++, p += Slots.LANES) {
        a = FloatVector.fromArray(F, keys, p).fma(FloatVector.broadcast(F, x[from + i]), a);
      }
      a.add(b).add(c.add(e)).intoArray(out, to + lane);
    }
  }

  @Override
  public void mix(float[] weights, Slots slots, int n, float[] out, int to) {
    int d = slots.headDim();
    int i = 0;
    for (; i + 4 * L <= d; i += 4 * L) {
      mixFour(weights, slots, n, i, out, to + i);
    }
    for (; i + L <= d; i += L) {
      mixOne(weights, slots, n, i, out, to + i);
    }
    for (; i < d; i++) {
      float sum = 0;
      for (int j = 0; j < n; j++) {
        sum = Math.fma(weights[j], slots.valuePage(j)[j % Slots.PAGE * d + i], sum);
      }
      out[to + i] = sum;
    }
  }

  private static void mixFour(float[] w, Slots slots, int n, int component, float[] out, int to) {
    int d = slots.headDim();
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    for (int first = 0; first < n; first += Slots.PAGE) {
      float[] page = slots.valuePage(first);
      int count = Math.min(Slots.PAGE, n - first);
      for (int j = 0, p = component; j < count; j++, p += d) {
        FloatVector f = FloatVector.broadcast(F, w[first + j]);
        a = FloatVector.fromArray(F, page, p).fma(f, a);
        b = FloatVector.fromArray(F, page, p + L).fma(f, b);
        c = FloatVector.fromArray(F, page, p + 2 * L).fma(f, c);
        e = FloatVector.fromArray(F, page, p + 3 * L).fma(f, e);
      }
    }
    a.intoArray(out, to);
    b.intoArray(out, to + L);
    c.intoArray(out, to + 2 * L);
    e.intoArray(out, to + 3 * L);
  }

  private static void mixOne(float[] w, Slots slots, int n, int component, float[] out, int to) {
    int d = slots.headDim();
    FloatVector a = FloatVector.zero(F);
    for (int first = 0; first < n; first += Slots.PAGE) {
      float[] page = slots.valuePage(first);
      int count = Math.min(Slots.PAGE, n - first);
      for (int j = 0, p = component; j < count; j++, p += d) {
        a = FloatVector.fromArray(F, page, p).fma(FloatVector.broadcast(F, w[first + j]), a);
      }
    }
    a.intoArray(out, to);
  }

  @Override
  public void levels(Levels levels, MemorySegment words, long at, float[] into) {
    switch (levels) {
      case NIBBLES -> nibbles(words, at, into);
      case FIFTHS -> fifths(words, at, into);
      case SIXTHS -> sixths(words, at, into);
      case BYTES -> bytes(words, at, into);
      case HALVES -> halfWords(words, at, into);
      case BFLOATS -> bfloats(words, at, into);
      case FLOATS -> floats(words, at, into);
    }
  }

  private static IntVector word(MemorySegment words, long at, int k) {
    return IntVector.fromMemorySegment(I, words, at + 4L * L * k, LE);
  }

  private static void put(IntVector level, float[] into, int j) {
    ((FloatVector) level.convert(I2F, 0)).intoArray(into, j * L);
  }

  private static void nibbles(MemorySegment words, long at, float[] into) {
    for (int k = 0; k < 4; k++) {
      IntVector w = word(words, at, k);
      for (int q = 0; q < 8; q++) {
        put(w.lanewise(LSHR, 4 * q).and(15), into, 8 * k + q);
      }
    }
  }

  private static void fifths(MemorySegment words, long at, float[] into) {
    IntVector fifth = word(words, at, 4);
    for (int k = 0; k < 4; k++) {
      IntVector w = word(words, at, k);
      for (int q = 0; q < 8; q++) {
        int j = 8 * k + q;
        put(upper(w.lanewise(LSHR, 4 * q), fifth, j, 16), into, j);
      }
    }
  }

  private static void sixths(MemorySegment words, long at, float[] into) {
    for (int k = 0; k < 4; k++) {
      IntVector w = word(words, at, k);
      IntVector plane = word(words, at, 4 + k / 2);
      for (int q = 0; q < 8; q++) {
        int j = 8 * k + q;
        put(upper(w.lanewise(LSHR, 4 * q), plane, 2 * (j % 16), 48), into, j);
      }
    }
  }

  /** A nibble, and above it the bits of a plane that begin at `bit`. */
  private static IntVector upper(IntVector nibble, IntVector plane, int bit, int mask) {
    return nibble.and(15).or(plane.lanewise(ROR, bit + 28 & 31).and(mask));
  }

  private static void bytes(MemorySegment words, long at, float[] into) {
    for (int k = 0; k < 8; k++) {
      IntVector w = word(words, at, k);
      int j = 4 * k;
      put(w.lanewise(LSHL, 24).lanewise(ASHR, 24), into, j);
      put(w.lanewise(LSHL, 16).lanewise(ASHR, 24), into, j + 1);
      put(w.lanewise(LSHL, 8).lanewise(ASHR, 24), into, j + 2);
      put(w.lanewise(ASHR, 24), into, j + 3);
    }
  }

  private static void halfWords(MemorySegment words, long at, float[] into) {
    for (int k = 0; k < 16; k++) {
      IntVector w = word(words, at, k);
      float16(w.and(0xffff)).intoArray(into, 2 * k * L);
      float16(w.lanewise(LSHR, 16)).intoArray(into, (2 * k + 1) * L);
    }
  }

  private static void bfloats(MemorySegment words, long at, float[] into) {
    for (int k = 0; k < 16; k++) {
      IntVector w = word(words, at, k);
      w.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(into, 2 * k * L);
      w.and(0xffff0000).reinterpretAsFloats().intoArray(into, (2 * k + 1) * L);
    }
  }

  private static void floats(MemorySegment words, long at, float[] into) {
    for (int j = 0; j < 32; j++) {
      word(words, at, j).reinterpretAsFloats().intoArray(into, j * L);
    }
  }

  @Override
  public boolean products(
      Levels levels,
      MemorySegment words,
      long at,
      int blocks,
      float[] x,
      float[] scales,
      float[] sums) {
    FloatVector total = FloatVector.fromArray(F, sums, 0);
    switch (levels) {
      case NIBBLES -> total = nibbles(words, at, blocks, x, scales, total);
      case BYTES -> total = bytes(words, at, blocks, x, scales, total);
      default -> {
        return false;
      }
    }
    total.intoArray(sums, 0);
    return true;
  }

  private static FloatVector nibbles(
      MemorySegment words, long at, int blocks, float[] x, float[] scales, FloatVector total) {
    long p = at;
    FloatVector sum = total;
    for (int b = 0; b < blocks; b++, p += 16L * L) {
      FloatVector scale = FloatVector.fromArray(F, scales, b * L);
      sum = nibbleProducts(words, p, x, 32 * b).fma(scale, sum);
    }
    return sum;
  }

  private static FloatVector bytes(
      MemorySegment words, long at, int blocks, float[] x, float[] scales, FloatVector total) {
    long p = at;
    FloatVector sum = total;
    for (int b = 0; b < blocks; b++, p += 32L * L) {
      FloatVector scale = FloatVector.fromArray(F, scales, b * L);
      sum = byteProducts(words, p, x, 32 * b).fma(scale, sum);
    }
    return sum;
  }

  private static FloatVector nibbleProducts(MemorySegment words, long at, float[] x, int from) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    for (int k = 0, j = from; k < 4; k++, j += 8) {
      IntVector w = word(words, at, k);
      a = product(w.and(15), x[j], a);
      b = product(w.lanewise(LSHR, 4).and(15), x[j + 1], b);
      c = product(w.lanewise(LSHR, 8).and(15), x[j + 2], c);
      e = product(w.lanewise(LSHR, 12).and(15), x[j + 3], e);
      a = product(w.lanewise(LSHR, 16).and(15), x[j + 4], a);
      b = product(w.lanewise(LSHR, 20).and(15), x[j + 5], b);
      c = product(w.lanewise(LSHR, 24).and(15), x[j + 6], c);
      e = product(w.lanewise(LSHR, 28), x[j + 7], e);
    }
    return a.add(b).add(c.add(e));
  }

  private static FloatVector byteProducts(MemorySegment words, long at, float[] x, int from) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    for (int k = 0, j = from; k < 8; k++, j += 4) {
      IntVector w = word(words, at, k);
      a = product(w.lanewise(LSHL, 24).lanewise(ASHR, 24), x[j], a);
      b = product(w.lanewise(LSHL, 16).lanewise(ASHR, 24), x[j + 1], b);
      c = product(w.lanewise(LSHL, 8).lanewise(ASHR, 24), x[j + 2], c);
      e = product(w.lanewise(ASHR, 24), x[j + 3], e);
    }
    return a.add(b).add(c.add(e));
  }

  private static FloatVector product(IntVector levels, float x, FloatVector sum) {
    return ((FloatVector) levels.convert(I2F, 0)).fma(FloatVector.broadcast(F, x), sum);
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
  public void halves(MemorySegment from, long at, float[] into, int to) {
    half(from, at).intoArray(into, to);
  }

  @Override
  public void bytes(
      MemorySegment from, long at, float[] factors, int factorsFrom, float[] into, int to) {
    signed(from, at).mul(FloatVector.fromArray(F, factors, factorsFrom)).intoArray(into, to);
  }

  @Override
  public void accumulate(
      float[] levels,
      int first,
      int last,
      float[] x,
      int xFrom,
      float[] scales,
      int scaleFrom,
      float[] sums,
      int sumsFrom) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = FloatVector.zero(F);
    FloatVector c = FloatVector.zero(F);
    FloatVector e = FloatVector.zero(F);
    for (int j = first, p = first * L; j < last; j += 4, p += 4 * L) {
      a = level(levels, p, x[xFrom + j], a);
      b = level(levels, p + L, x[xFrom + j + 1], b);
      c = level(levels, p + 2 * L, x[xFrom + j + 2], c);
      e = level(levels, p + 3 * L, x[xFrom + j + 3], e);
    }
    a.add(b)
        .add(c.add(e))
        .fma(FloatVector.fromArray(F, scales, scaleFrom), FloatVector.fromArray(F, sums, sumsFrom))
        .intoArray(sums, sumsFrom);
  }

  @Override
  public void lengths(Strip strip, float least) {
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

  @Override
  public void cosines(
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

  @Override
  public void add(float factor, float[] x, int from, float[] y, int to, int n) {
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

  @Override
  public void keepLargest(float[] x, int rows, float[] best, int[] which, int to) {
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

  @Override
  public float softmax(
      MemorySegment scores,
      long at,
      int n,
      float scale,
      float[] average,
      float share,
      float[] largest) {
    float max = max(scores, at, n) * scale;
    float sum = exponentials(scores, at, n, scale, max);
    spread(scores, at, n, 1 / sum, average, share, largest);
    return max + (float) Math.log(sum);
  }

  private static float max(MemorySegment scores, long at, int n) {
    int whole = F.loopBound(n);
    FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int j = 0; j < whole; j += L) {
      most = most.max(score(scores, at, j));
    }
    float max = most.reduceLanes(MAX);
    for (int j = whole; j < n; j++) {
      max = Math.max(max, scores.get(FLOAT, at + 4L * j));
    }
    return max;
  }

  /** Turns scores into exp(scale * score - max), and sums them. */
  private static float exponentials(MemorySegment scores, long at, int n, float scale, float max) {
    int whole = F.loopBound(n);
    FloatVector sum = FloatVector.zero(F);
    for (int j = 0; j < whole; j += L) {
      FloatVector e = exp(score(scores, at, j).mul(scale).sub(max));
      e.intoMemorySegment(scores, at + 4L * j, LE);
      sum = sum.add(e);
    }
    float total = sum.reduceLanes(ADD);
    if (whole < n) {
      VectorMask<Float> rest = F.indexInRange(whole, n);
      FloatVector last = FloatVector.fromMemorySegment(F, scores, at + 4L * whole, LE, rest);
      FloatVector e = exp(last.mul(scale).sub(max));
      e.intoMemorySegment(scores, at + 4L * whole, LE, rest);
      total += e.reduceLanes(ADD, rest);
    }
    return total;
  }

  private static void spread(
      MemorySegment e,
      long at,
      int n,
      float inverse,
      float[] average,
      float share,
      float[] largest) {
    int whole = F.loopBound(n);
    for (int j = 0; j < whole; j += L) {
      FloatVector p = score(e, at, j).mul(inverse);
      p.intoMemorySegment(e, at + 4L * j, LE);
      p.mul(share).add(FloatVector.fromArray(F, average, j)).intoArray(average, j);
      p.max(FloatVector.fromArray(F, largest, j)).intoArray(largest, j);
    }
    for (int j = whole; j < n; j++) {
      float p = e.get(FLOAT, at + 4L * j) * inverse;
      e.set(FLOAT, at + 4L * j, p);
      average[j] += p * share;
      largest[j] = Math.max(largest[j], p);
    }
  }

  private static FloatVector score(MemorySegment scores, long at, int j) {
    return FloatVector.fromMemorySegment(F, scores, at + 4L * j, LE);
  }

  /**
   * exp(x) for x from -87 to 0, what is below taken for -87, within 2e-7 relatively: 2^k exp(f)
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
