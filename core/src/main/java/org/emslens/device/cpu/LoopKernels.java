package org.emslens.device.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.emslens.device.packed.Levels;
import org.emslens.math.Exponential;

/** Loops as Java has them, for machines and starts without its Vector API. */
final class LoopKernels implements Kernels {
  private static final int TILE = 32;

  private final ThreadLocal<Exponential> exponential = ThreadLocal.withInitial(Exponential::new);

  @Override
  public String name() {
    return "plain loops (Java without its Vector API)";
  }

  @Override
  public int few() {
    return 8;
  }

  @Override
  public int tileRows() {
    return TILE;
  }

  @Override
  public void scores(float[] x, int from, Slots slots, int first, int count, float[] out) {
    int d = slots.headDim();
    float[] sums = new float[Slots.LANES];
    int end = first + count;
    for (int tile = first; tile < end; tile += Slots.LANES) {
      float[] page = slots.keyPage(tile);
      int at = slots.keyAt(tile);
      Arrays.fill(sums, 0);
      for (int i = 0; i < d; i++) {
        for (int lane = 0; lane < Slots.LANES; lane++) {
          sums[lane] = Math.fma(page[at + i * Slots.LANES + lane], x[from + i], sums[lane]);
        }
      }
      System.arraycopy(sums, 0, out, tile, Math.min(Slots.LANES, end - tile));
    }
  }

  @Override
  public void mix(float[] weights, Slots slots, int first, int count, float[] out, int to) {
    int d = slots.headDim();
    for (int j = first; j < first + count; j++) {
      float[] page = slots.valuePage(j);
      int at = j % Slots.PAGE * d;
      for (int i = 0; i < d; i++) {
        out[to + i] = Math.fma(weights[j], page[at + i], out[to + i]);
      }
    }
  }

  @Override
  public void scores(float[] x, int rows, Slots slots, int n, float[] out, int stride) {
    float[] row = new float[stride];
    for (int r = 0; r < rows; r++) {
      scores(x, r * slots.headDim(), slots, 0, n, row);
      System.arraycopy(row, 0, out, r * stride, n);
    }
  }

  @Override
  public void mix(float[] weights, int rows, int stride, Slots slots, int n, float[] out) {
    float[] row = new float[n];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(weights, r * stride, row, 0, n);
      Arrays.fill(out, r * slots.headDim(), (r + 1) * slots.headDim(), 0);
      mix(row, slots, 0, n, out, r * slots.headDim());
    }
  }

  @Override
  public void levels(Levels levels, MemorySegment words, long at, float[] into, int from) {
    int[] w = new int[levels.words() * TILE];
    MemorySegment.copy(words, ValueLayout.JAVA_INT_UNALIGNED, at, w, 0, w.length);
    for (int j = 0; j < 32; j++) {
      int to = from + j * TILE;
      switch (levels) {
        case NIBBLES -> bits(w, nibble(j), shift(j), 15, into, to);
        case FIFTHS -> {
          bits(w, nibble(j), shift(j), 15, into, to);
          addBits(w, 4 * TILE, j, 1, 16, into, to);
        }
        case SIXTHS -> {
          bits(w, nibble(j), shift(j), 15, into, to);
          addBits(w, (4 + j / 16) * TILE, 2 * (j % 16), 3, 16, into, to);
        }
        case BYTES -> signed(w, j / 4 * TILE, 24 - 8 * (j % 4), into, to);
        case HALVES -> halfBits(w, j / 2 * TILE, 16 * (j % 2), into, to);
        case BFLOATS -> floatBits(w, j / 2 * TILE, 16 - 16 * (j % 2), 0xffff0000, into, to);
        case FLOATS -> floatBits(w, j * TILE, 0, -1, into, to);
      }
    }
  }

  private static int nibble(int j) {
    return j / 8 * TILE;
  }

  private static int shift(int j) {
    return 4 * (j % 8);
  }

  private static void bits(int[] w, int from, int shift, int mask, float[] into, int to) {
    for (int r = 0; r < TILE; r++) {
      into[to + r] = w[from + r] >>> shift & mask;
    }
  }

  private static void addBits(
      int[] w, int from, int shift, int mask, float worth, float[] into, int to) {
    for (int r = 0; r < TILE; r++) {
      into[to + r] += worth * (w[from + r] >>> shift & mask);
    }
  }

  private static void signed(int[] w, int from, int shift, float[] into, int to) {
    for (int r = 0; r < TILE; r++) {
      into[to + r] = w[from + r] << shift >> 24;
    }
  }

  private static void halfBits(int[] w, int from, int shift, float[] into, int to) {
    for (int r = 0; r < TILE; r++) {
      into[to + r] = Float.float16ToFloat((short) (w[from + r] >>> shift));
    }
  }

  private static void floatBits(int[] w, int from, int shift, int mask, float[] into, int to) {
    for (int r = 0; r < TILE; r++) {
      into[to + r] = Float.intBitsToFloat(w[from + r] << shift & mask);
    }
  }

  @Override
  public void halves(MemorySegment from, long at, int apart, int count, float[] into) {
    for (int i = 0; i < count; i++) {
      for (int r = 0; r < TILE; r++) {
        long place = at + (long) apart * i + 2L * r;
        into[i * TILE + r] =
            Float.float16ToFloat(from.get(ValueLayout.JAVA_SHORT_UNALIGNED, place));
      }
    }
  }

  @Override
  public void bytes(
      MemorySegment from, long at, float[] factors, int factorsFrom, float[] into, int to) {
    for (int r = 0; r < TILE; r++) {
      into[to + r] = factors[factorsFrom + r] * from.get(ValueLayout.JAVA_BYTE, at + r);
    }
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
    for (int r = 0; r < TILE; r++) {
      float weight = (levels[at + r] - offset) * scales[scaleFrom + r] + minima[minimumFrom + r];
      into.set(ValueLayout.JAVA_FLOAT, to + 4L * r, weight);
    }
  }

  @Override
  public void accumulate(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int xFrom,
      float[] scales,
      int scaleFrom,
      float[] sums,
      int sumsFrom) {
    float[] products = new float[TILE];
    for (int i = 0, scale = scaleFrom; i < inputs; i += part, scale += TILE) {
      Arrays.fill(products, 0);
      for (int j = i; j < i + part; j++) {
        for (int r = 0; r < TILE; r++) {
          products[r] = Math.fma(levels[j * TILE + r], x[xFrom + j], products[r]);
        }
      }
      for (int r = 0; r < TILE; r++) {
        sums[sumsFrom + r] += scales[scale + r] * products[r];
      }
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
    return false;
  }

  @Override
  public void inverseLengths(Slots slots, float least, float[] into) {
    float[] key = new float[slots.headDim()];
    for (int j = 0; j < Slots.PAGE; j++) {
      slots.key(j, key, 0);
      float sum = 0;
      for (float x : key) {
        sum = Math.fma(x, x, sum);
      }
      into[j] = 1 / Math.max((float) Math.sqrt(sum), least);
    }
  }

  @Override
  public void add(float factor, float[] x, int from, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] += factor * x[from + i];
    }
  }

  @Override
  public void raise(float[] most, int first, int end, float[] x, int xFrom, float factor) {
    for (int j = first; j < end; j++) {
      most[j] = Math.max(most[j], factor * x[xFrom + j]);
    }
  }

  @Override
  public void keepLargest(
      Cosines a, Cosines b, int rows, float floor, float[] best, int[] which, int to) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < Slots.PAGE; c++) {
        float v = b == null ? a.at(r, c, floor) : a.at(r, c, floor) * b.at(r, c, floor);
        if (v > best[to + c]) {
          best[to + c] = v;
          which[to + c] = r;
        }
      }
    }
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
    float[] row = Arrays.copyOfRange(x, from, from + n);
    float normaliser = exponential.get().softmax(row, n, scale, null);
    System.arraycopy(row, 0, x, from, n);
    for (int j = 0; j < n; j++) {
      average[to + j] += row[j] * share;
      largest[to + j] = Math.max(largest[to + j], row[j]);
    }
    return normaliser;
  }

  @Override
  public void softCap(float[] x, int from, int n, float scale, float softCap) {
    float[] row = new float[n];
    for (int j = 0; j < n; j++) {
      row[j] = x[from + j] * (2 * scale / softCap);
    }
    exponential.get().exp(row, n);
    for (int j = 0; j < n; j++) {
      x[from + j] = softCap * (1 - 2 / (row[j] + 1));
    }
  }

  @Override
  public void addScaled(float[] rows, int count, float[] x, int xFrom, float[] sums, int sumsFrom) {
    for (int i = 0; i < count; i++) {
      for (int r = 0; r < TILE; r++) {
        sums[sumsFrom + r] += x[xFrom + i] * rows[i * TILE + r];
      }
    }
  }
}
