package org.emslens.device.cpu;

import java.lang.foreign.MemorySegment;
import org.emslens.device.packed.Levels;
import org.emslens.model.AttentionSpec;

/** The inner loops. Safe for several threads. */
interface Kernels {

  /** The fastest that this Java has. */
  static Kernels get() {
    return Chosen.KERNELS;
  }

  /** Found once. */
  final class Chosen {
    private static final Kernels KERNELS = choose();

    private Chosen() {}

    private static Kernels choose() {
      return VectorModule.isThere() ? new VectorKernels() : new LoopKernels();
    }
  }

  /** Queries that are multiplied at a time where there are many. */
  int ROWS = 4;

  /** So many rows, and as many more as make them a multiple of ROWS. */
  static int whole(int rows) {
    return (rows + ROWS - 1) / ROWS * ROWS;
  }

  /** What they run on, as shown to users. */
  String name();

  /** The most tokens for which packed weights are multiplied as fast as unpacked ones are. */
  int few();

  /** Rows of a tile of packed weights. */
  int tileRows();

  /**
   * out[j] = q . key j, for `count` slots from `first` on, where q = x[from..from+d).
   *
   * @param first of a page
   */
  void scores(float[] x, int from, Slots slots, int first, int count, float[] out);

  /**
   * out[to..to+d) += sum over `count` slots j from `first` on of weights[j] * value j.
   *
   * @param first of a page
   */
  void mix(float[] weights, Slots slots, int first, int count, float[] out, int to);

  /**
   * The same of many queries: out[r * stride + j] = query r . key j, for j below n.
   *
   * @param x queries [rows, d]
   * @param rows a multiple of ROWS
   * @param stride a multiple of Slots.PAGE; what lies between n and the next one is overwritten
   */
  void scores(float[] x, int rows, Slots slots, int n, float[] out, int stride);

  /**
   * The same of many rows of weights: out[r * d..] = sum over j below n of weights[r * stride + j]
   * * value j.
   *
   * @param rows a multiple of ROWS
   */
  void mix(float[] weights, int rows, int stride, Slots slots, int n, float[] out);

  /**
   * Unpacks the levels of one block of a tile.
   *
   * @param at where the block's words begin
   * @param into [32, tileRows], from into[to] on
   */
  void levels(Levels levels, MemorySegment words, long at, float[] into, int to);

  /** Half-precision numbers of a tile's rows: [count, tileRows], so many bytes apart, to into. */
  void halves(MemorySegment from, long at, int apart, int count, float[] into);

  /** Signed bytes of a tile's rows, times factors [tileRows], to into[to..). */
  void bytes(MemorySegment from, long at, float[] factors, int factorsFrom, float[] into, int to);

  /**
   * A tile's weights of one input [tileRows]: (level - offset) * scale + minimum, rounded as often.
   *
   * @param into floats, from byte `to` on
   */
  void weights(
      float[] levels,
      int at,
      float offset,
      float[] scales,
      int scaleFrom,
      float[] minima,
      int minimumFrom,
      MemorySegment into,
      long to);

  /**
   * sums[sumsFrom + r] += sum over parts p of scales[scaleFrom + p * tileRows + r] * sum over the
   * part's inputs j of levels[j][r] x[j], part by part.
   *
   * @param levels [inputs, tileRows]
   * @param inputs a multiple of `part`
   * @param part inputs that share a scale; a power of two, 4 or more
   * @param x the inputs begin at x[xFrom]
   */
  void accumulate(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int xFrom,
      float[] scales,
      int scaleFrom,
      float[] sums,
      int sumsFrom);

  /** The same for two rows of activations, each as if it were alone, to the last bit. */
  default void accumulateTwo(
      float[] levels,
      int inputs,
      int part,
      float[] x,
      int xFrom,
      int alsoFrom,
      float[] scales,
      int scaleFrom,
      float[] sums,
      int sumsFrom,
      int alsoSums) {
    accumulate(levels, inputs, part, x, xFrom, scales, scaleFrom, sums, sumsFrom);
    accumulate(levels, inputs, part, x, alsoFrom, scales, scaleFrom, sums, alsoSums);
  }

  /** Rows of activations up to which {@link #products} is faster than unpacking first. */
  int ALONE = 4;

  /**
   * The same for all blocks of a tile without unpacking them first, to the last bit.
   *
   * @param at where the words of the blocks begin, block by block
   * @param from where the row of activations begins
   * @param scales [blocks, tileRows]
   * @param sums from sums[to] on
   * @return whether it was done; these levels are unpacked first, else
   */
  boolean products(
      Levels levels,
      MemorySegment words,
      long at,
      int blocks,
      Inputs inputs,
      int from,
      float[] scales,
      float[] sums,
      int to);

  /** into[j] = one over the length of key j, lengths at least `least`, for the first PAGE slots. */
  void inverseLengths(Slots slots, float least, float[] into);

  /** y[to + i] += factor * x[from + i], for n of them. */
  void add(float factor, float[] x, int from, float[] y, int to, int n);

  /** most[j] = the larger of it and factor * x[xFrom + j], for j from `first` to `end` - 1. */
  void raise(float[] most, int first, int end, float[] x, int xFrom, float factor);

  /**
   * The largest cosine of each column, if above `best`, and its row.
   *
   * @param b cosines that those of `a` are multiplied by, or null
   * @param floor what a cosine counts as at least
   * @param best best[to + c] is that of column c, the larger of what it was and the column's
   * @param which which[to + c] is its row, where it is the column's; of equals the first
   */
  void keepLargest(Cosines a, Cosines b, int rows, float floor, float[] best, int[] which, int to);

  /** x[from + j] = softCap * tanh(scale * x[from + j] / softCap), for n of them. */
  void softCap(float[] x, int from, int n, float scale, float softCap);

  /** Caps scores where a shape says so; tells what they are still to be multiplied by. */
  default float capped(float[] x, int from, int n, AttentionSpec.Shape shape) {
    if (shape.softCap() == 0) {
      return shape.scale();
    }
    softCap(x, from, n, shape.scale(), shape.softCap());
    return 1;
  }

  /**
   * Softmax of scale * x over n numbers, in place, and what becomes of it: average[to + j] += share
   * * p[j], largest[to + j] = the larger of it and p[j].
   *
   * @param from where they begin
   * @param scale positive
   * @return the logarithm of the normaliser: p = exp(scale * x - result)
   */
  float softmax(
      float[] x,
      int from,
      int n,
      float scale,
      float[] average,
      float share,
      float[] largest,
      int to);

  /** sums[sumsFrom + r] += sum over i below count of x[xFrom + i] * rows[i][r]. */
  void addScaled(float[] rows, int count, float[] x, int xFrom, float[] sums, int sumsFrom);
}
