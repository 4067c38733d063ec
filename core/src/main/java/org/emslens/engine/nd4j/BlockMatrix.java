package org.emslens.engine.nd4j;

import java.util.Arrays;
import org.emslens.format.AffineBlocks;

/**
 * A weight matrix in the levels that its file stores, for decoding on the CPU. Decoding moves every
 * weight once per token, so a byte instead of four makes it up to three times faster; the products
 * are those of the dequantised weights, summed in another order.
 *
 * <p>Tiles are the unit of work: some outputs of all inputs or, where outputs are few, all outputs
 * of some inputs. Within a tile an input's levels lie side by side, so that the compiler vectorises
 * across outputs; loops of less than 500 outputs would spend their time on their ends.
 */
final class BlockMatrix implements Matrix {
  private static final int WIDE = 1024;
  private static final int BLOCK = AffineBlocks.BLOCK;

  private final int in;
  private final int out;
  private final Tile[] tiles;
  private final Workers workers;

  /**
   * Outputs first..first+width-1 of the blocks of inputs firstBlock..lastBlock-1: levels
   * [inputs][width], scales and minima [blocks][width].
   */
  private static final class Tile {
    final int first;
    final int width;
    final int firstBlock;
    final int lastBlock;
    final byte[][] levels;
    final float[][] scales;
    final float[][] minima;
    final float[] block;
    final float[] sum;

    Tile(int first, int width, int firstBlock, int lastBlock) {
      this.first = first;
      this.width = width;
      this.firstBlock = firstBlock;
      this.lastBlock = lastBlock;
      levels = new byte[(lastBlock - firstBlock) * BLOCK][width];
      scales = new float[lastBlock - firstBlock][width];
      minima = new float[lastBlock - firstBlock][width];
      block = new float[width];
      sum = new float[width];
    }
  }

  BlockMatrix(int in, int out, Workers workers, int threads) {
    this.in = in;
    this.out = out;
    this.workers = workers;
    int blocks = in / BLOCK;
    boolean byOutput = out >= WIDE * threads;
    int count =
        byOutput ? (out / WIDE + threads - 1) / threads * threads : Math.min(threads, blocks);
    tiles = new Tile[count];
    for (int t = 0; t < count; t++) {
      int all = byOutput ? out : blocks;
      int from = (int) ((long) t * all / count);
      int to = (int) ((t + 1L) * all / count);
      tiles[t] = byOutput ? new Tile(from, to - from, 0, blocks) : new Tile(0, out, from, to);
    }
  }

  /** Sets whole rows. */
  void load(int firstRow, AffineBlocks rows) {
    int count = rows.levels().length / in;
    for (Tile t : tiles) {
      int from = Math.max(firstRow, t.first);
      int to = Math.min(firstRow + count, t.first + t.width);
      for (int o = from; o < to; o++) {
        int level = (o - firstRow) * in + t.firstBlock * BLOCK;
        for (int i = 0; i < t.levels.length; i++) {
          t.levels[i][o - t.first] = rows.levels()[level + i];
        }
        int block = (o - firstRow) * (in / BLOCK) + t.firstBlock;
        for (int b = 0; b < t.scales.length; b++) {
          t.scales[b][o - t.first] = rows.scales()[block + b];
          t.minima[b][o - t.first] = rows.minima()[block + b];
        }
      }
    }
  }

  @Override
  public void apply(float[] x, float[] y) {
    workers.run(tiles.length, i -> multiply(tiles[i], x));
    Arrays.fill(y, 0, out, 0);
    for (Tile t : tiles) {
      for (int o = 0; o < t.width; o++) {
        y[t.first + o] += t.sum[o];
      }
    }
  }

  private static void multiply(Tile t, float[] x) {
    Arrays.fill(t.sum, 0);
    for (int b = 0; b < t.scales.length; b++) {
      Arrays.fill(t.block, 0);
      int from = (t.firstBlock + b) * BLOCK;
      float inputs = 0;
      for (int i = 0; i < BLOCK; i += 8) {
        add(t.block, x, from + i, t.levels, b * BLOCK + i, t.width);
      }
      for (int i = 0; i < BLOCK; i++) {
        inputs += x[from + i];
      }
      close(t.sum, t.block, t.scales[b], t.minima[b], inputs, t.width);
    }
  }

  /**
   * out += eight inputs times their levels; as a chain of fused products, which the compiler
   * vectorises where a sum of eight it does not.
   */
  private static void add(float[] out, float[] x, int at, byte[][] levels, int row, int n) {
    float a = x[at];
    float b = x[at + 1];
    float c = x[at + 2];
    float d = x[at + 3];
    float e = x[at + 4];
    float f = x[at + 5];
    float g = x[at + 6];
    float h = x[at + 7];
    byte[] p = levels[row];
    byte[] q = levels[row + 1];
    byte[] r = levels[row + 2];
    byte[] s = levels[row + 3];
    byte[] t = levels[row + 4];
    byte[] u = levels[row + 5];
    byte[] v = levels[row + 6];
    byte[] w = levels[row + 7];
    for (int j = 0; j < n; j++) {
      float low =
          Math.fma(d, s[j], Math.fma(c, r[j], Math.fma(b, q[j], Math.fma(a, p[j], out[j]))));
      out[j] = Math.fma(h, w[j], Math.fma(g, v[j], Math.fma(f, u[j], Math.fma(e, t[j], low))));
    }
  }

  private static void close(
      float[] sum, float[] block, float[] scale, float[] minimum, float inputs, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += scale[j] * block[j] + minimum[j] * inputs;
    }
  }
}
