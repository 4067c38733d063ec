package org.emslens.device.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.emslens.device.packed.PackedTiles;
import org.emslens.device.packed.Packing;
import org.emslens.device.packed.Packing.Scales;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/** Products with a weight matrix in packed tiles, whose rows are a vector's lanes. */
final class PackedMatrix implements AutoCloseable {
  private static final int BLOCK = Packing.BLOCK;

  /** Blocks that are unpacked at a time: a processor's nearest memory holds them. */
  private static final int TOGETHER = 16;

  private final Kernels kernels;
  private final PackedTiles tiles;
  private final Packing packing;
  private final int rows;
  private final int in;
  private final int blocks;
  private final int tileRows;
  private final MemorySegment memory;

  /** Reads and packs a tensor [rows, in]. */
  PackedMatrix(Kernels kernels, TensorSource source, TensorInfo tensor) {
    this.kernels = kernels;
    tiles = new PackedTiles(source, tensor, kernels.tileRows());
    packing = tiles.packing();
    rows = tiles.rows();
    in = tiles.in();
    blocks = tiles.blocks();
    tileRows = tiles.tileRows();
    memory = tiles.memory();
  }

  int rows() {
    return rows;
  }

  int tileRows() {
    return tileRows;
  }

  int tiles() {
    return tiles.tiles();
  }

  long bytes() {
    return memory.byteSize();
  }

  /** Memory for one thread's products with a tile. */
  static final class Scratch {
    private final float[] levels;
    private final float[] factors;
    private final float[] minimumFactors;
    private float[] scales = new float[0];
    private float[] minima = new float[0];
    private float[] sums = new float[0];

    Scratch(int tileRows) {
      levels = new float[TOGETHER * BLOCK * tileRows];
      factors = new float[tileRows];
      minimumFactors = new float[tileRows];
    }
  }

  /**
   * Unpacks a tile's scales [blocks, parts, tileRows] and what is added to its weights, likewise.
   *
   * @return whether anything is
   */
  private boolean openScales(int tile, Scratch s) {
    Scales kind = packing.scales();
    int parts = kind.parts();
    if (s.scales.length < blocks * parts * tileRows) {
      s.scales = new float[blocks * parts * tileRows];
      s.minima = new float[blocks * parts * tileRows];
    }
    if (kind == Scales.NONE) {
      Arrays.fill(s.scales, 0, blocks * tileRows, 1);
    }
    int apart = kind.bytes() * tileRows;
    if (kind == Scales.HALVES || kind == Scales.HALVES_WITH_MINIMA) {
      kernels.halves(memory, tiles.scalesAt(tile, 0), apart, blocks, s.scales);
    }
    if (kind == Scales.HALVES_WITH_MINIMA) {
      long minima = tiles.scalesAt(tile, 0) + 2L * tileRows;
      kernels.halves(memory, minima, apart, blocks, s.minima);
    }
    if (kind.superBytes() > 0) {
      openFactors(tile, kind, s);
    }
    return kind.hasMinima();
  }

  /** The same of types whose scales are bytes, times factors of a super-block. */
  private void openFactors(int tile, Scales kind, Scratch s) {
    int parts = kind.parts();
    for (int b = 0; b < blocks; b++) {
      long at = tiles.scalesAt(tile, b);
      int to = b * parts * tileRows;
      if (b % Packing.SUPER == 0) {
        kernels.halves(memory, tiles.factorsAt(tile, b), 0, 1, s.factors);
      }
      switch (kind) {
        case NONE, HALVES, HALVES_WITH_MINIMA -> {}
        case SUPER_WITH_MINIMA -> {
          if (b % Packing.SUPER == 0) {
            long minima = tiles.factorsAt(tile, b) + 2L * tileRows;
            kernels.halves(memory, minima, 0, 1, s.minimumFactors);
          }
          kernels.bytes(memory, at, s.factors, 0, s.scales, to);
          kernels.bytes(memory, at + tileRows, s.minimumFactors, 0, s.minima, to);
        }
        case SUPER_OF_SIXTEEN -> {
          kernels.bytes(memory, at, s.factors, 0, s.scales, to);
          kernels.bytes(memory, at + tileRows, s.factors, 0, s.scales, to + tileRows);
        }
        case SUPER_OF_SIXTEEN_WITH_MINIMA -> {
          if (b % Packing.SUPER == 0) {
            long minima = tiles.factorsAt(tile, b) + 2L * tileRows;
            kernels.halves(memory, minima, 0, 1, s.minimumFactors);
          }
          for (int p = 0; p < 2; p++) {
            long scale = at + (long) p * tileRows;
            kernels.bytes(memory, scale, s.factors, 0, s.scales, to + p * tileRows);
            long minimum = scale + 2L * tileRows;
            kernels.bytes(memory, minimum, s.minimumFactors, 0, s.minima, to + p * tileRows);
          }
        }
      }
    }
    if (kind.hasMinima()) {
      for (int i = 0; i < blocks * parts * tileRows; i++) {
        s.minima[i] = -s.minima[i];
      }
    }
  }

  /**
   * y[t][yFrom + r] = row r of the tile times x[t], for n activations; each as if it were alone, to
   * the last bit.
   *
   * @param inputs of n rows, {@link #paddedIn} each
   * @param y [n, yWidth]
   */
  void multiply(int tile, Inputs inputs, int n, float[] y, int yWidth, int yFrom, Scratch s) {
    boolean minima = openScales(tile, s);
    if (s.sums.length < n * tileRows) {
      s.sums = new float[n * tileRows];
    }
    Arrays.fill(s.sums, 0, n * tileRows, 0);
    if (!alone(tile, inputs, n, s)) {
      for (int b = 0; b < blocks; b += TOGETHER) {
        int end = Math.min(blocks, b + TOGETHER);
        for (int i = b; i < end; i++) {
          long words = tiles.wordsAt(tile, i);
          kernels.levels(packing.levels(), memory, words, s.levels, (i - b) * BLOCK * tileRows);
        }
        for (int t = 0; t < n; t += 2) {
          accumulate(b, end, inputs.x(), t, Math.min(t + 1, n - 1), s);
        }
      }
    }
    int first = tile * tileRows;
    int count = Math.min(tileRows, rows - first);
    for (int t = 0; t < n; t++) {
      if (minima) {
        int parts = blocks * packing.scales().parts();
        float[] sums = parts == blocks ? inputs.of32() : inputs.of16();
        kernels.addScaled(s.minima, parts, sums, t * parts, s.sums, t * tileRows);
      }
      if (packing.offset() != 0) {
        shift(inputs, t, s);
      }
      System.arraycopy(s.sums, t * tileRows, y, t * yWidth + yFrom + first, count);
    }
  }

  /** Whether each row was multiplied without unpacking the tile first. */
  private boolean alone(int tile, Inputs inputs, int n, Scratch s) {
    if (n > Kernels.ALONE || packing.scales().parts() > 1) {
      return false;
    }
    for (int t = 0; t < n; t++) {
      if (!kernels.products(
          packing.levels(),
          memory,
          tiles.wordsAt(tile, 0),
          blocks,
          inputs,
          t * paddedIn(),
          s.scales,
          s.sums,
          t * tileRows)) {
        return false;
      }
    }
    return true;
  }

  /** Some blocks of rows t and `also`, which may be the same one. */
  private void accumulate(int first, int end, float[] x, int t, int also, Scratch s) {
    int parts = packing.scales().parts();
    int inputs = (end - first) * BLOCK;
    int part = BLOCK / parts;
    int from = (t * blocks + first) * BLOCK;
    int scale = first * parts * tileRows;
    if (also == t) {
      kernels.accumulate(s.levels, inputs, part, x, from, s.scales, scale, s.sums, t * tileRows);
    } else {
      kernels.accumulateTwo(
          s.levels,
          inputs,
          part,
          x,
          from,
          (also * blocks + first) * BLOCK,
          s.scales,
          scale,
          s.sums,
          t * tileRows,
          also * tileRows);
    }
  }

  /** Takes out what levels stand for 0, times their scale, times the inputs. */
  private void shift(Inputs inputs, int t, Scratch s) {
    int parts = packing.scales().parts();
    float[] sums = parts == 1 ? inputs.of32() : inputs.of16();
    float[] shifts = new float[blocks * parts];
    for (int i = 0; i < shifts.length; i++) {
      shifts[i] = -packing.offset() * sums[t * shifts.length + i];
    }
    kernels.addScaled(s.scales, shifts.length, shifts, 0, s.sums, t * tileRows);
  }

  /** Inputs padded to whole blocks. */
  int paddedIn() {
    return blocks * BLOCK;
  }

  /**
   * Writes the weights of some tiles, input by input: into[i * width + r] is that of input i and
   * row r, counted from the first tile's first row.
   *
   * @param width at least the tiles' rows
   */
  void unpack(int firstTile, int tile, int width, MemorySegment into, Scratch s) {
    boolean minima = openScales(tile, s);
    int parts = packing.scales().parts();
    int part = BLOCK / parts;
    float[] none = new float[tileRows];
    long column = 4L * (tile - firstTile) * tileRows;
    for (int b = 0; b < blocks; b++) {
      kernels.levels(packing.levels(), memory, tiles.wordsAt(tile, b), s.levels, 0);
      int count = Math.min(BLOCK, in - b * BLOCK);
      for (int j = 0; j < count; j++) {
        int scale = (b * parts + j / part) * tileRows;
        kernels.weights(
            s.levels,
            j * tileRows,
            packing.offset(),
            s.scales,
            scale,
            minima ? s.minima : none,
            minima ? scale : 0,
            into,
            4L * (b * BLOCK + j) * width + column);
      }
    }
  }

  @Override
  public void close() {
    tiles.close();
  }
}
