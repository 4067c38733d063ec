package org.emslens.device.packed;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.emslens.device.packed.Packing.Scales;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/**
 * A weight matrix in the levels that its file stores, repacked once so that neighbouring lanes are
 * rows. Decoding moves every weight once per token, so bits count: this is as large as the file.
 *
 * <p>Tiles of rows are the unit of work. A tile is the scales of its blocks of 32 inputs, the
 * factors of a super-block before its blocks' scales, and then the words of all blocks (see {@link
 * Levels}): each is read in one go. Rows after the last are zeros.
 */
public final class PackedTiles implements AutoCloseable {
  private static final int BLOCK = Packing.BLOCK;
  private static final int PADDING = 64;
  private static final int ALIGN = 64;

  private final Packing packing;
  private final int rows;
  private final int in;
  private final int blocks;
  private final int tileRows;
  private final int scaleBytes;
  private final int superBytes;
  private final int wordBytes;
  private final long wordsFrom;
  private final long tileBytes;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /**
   * Reads and packs a tensor [rows, in].
   *
   * @param tileRows rows of a tile
   */
  public PackedTiles(TensorSource source, TensorInfo tensor, int tileRows) {
    packing = Packing.of(tensor.type());
    rows = Math.toIntExact(tensor.shape().getFirst());
    in = Math.toIntExact(tensor.shape().getLast());
    blocks = (in + BLOCK - 1) / BLOCK;
    this.tileRows = tileRows;
    Scales s = packing.scales();
    scaleBytes = tileRows * s.bytes();
    superBytes = tileRows * s.superBytes();
    wordBytes = tileRows * 4 * packing.levels().words();
    // Vectors that lie across two lines of the processor's cache are read twice.
    wordsFrom = (supers(blocks) + (long) blocks * scaleBytes + ALIGN - 1) / ALIGN * ALIGN;
    tileBytes = (wordsFrom + (long) blocks * wordBytes + ALIGN - 1) / ALIGN * ALIGN;
    memory = arena.allocate(tiles() * tileBytes + PADDING, 64);
    try {
      IntStream.range(0, tiles()).parallel().forEach(t -> pack(source, tensor, t));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  public Packing packing() {
    return packing;
  }

  public int rows() {
    return rows;
  }

  public int in() {
    return in;
  }

  /** Blocks of 32 inputs; the last may be padded with zeros. */
  public int blocks() {
    return blocks;
  }

  public int tileRows() {
    return tileRows;
  }

  public int tiles() {
    return (rows + tileRows - 1) / tileRows;
  }

  /** Bytes from one tile to the next. */
  public long tileBytes() {
    return tileBytes;
  }

  /** Bytes from a tile's beginning to its words. */
  public long wordsFrom() {
    return wordsFrom;
  }

  /** All tiles, one after the other. */
  public MemorySegment memory() {
    return memory;
  }

  /** Bytes of the factors of the super-blocks that begin before this block. */
  private long supers(int block) {
    return (long) (block + Packing.SUPER - 1) / Packing.SUPER * superBytes;
  }

  /** Where a block's scales are; its super-block's factors are just before the first's. */
  public long scalesAt(int tile, int block) {
    return tile * tileBytes + supers(block + 1) + (long) block * scaleBytes;
  }

  /** Where a block's words are. */
  public long wordsAt(int tile, int block) {
    return tile * tileBytes + wordsFrom + (long) block * wordBytes;
  }

  /** Where the factors are of the super-block that begins with this block. */
  public long factorsAt(int tile, int block) {
    return scalesAt(tile, block) - superBytes;
  }

  private void pack(TensorSource source, TensorInfo tensor, int tile) {
    int rowBytes = Math.toIntExact(tensor.type().bytesOf(in));
    int storedBlock = (int) tensor.type().bytesOf(BLOCK * (superBytes == 0 ? 1 : Packing.SUPER));
    byte[] raw = new byte[rowBytes + PADDING * 2];
    int[] words = new int[packing.levels().words()];
    byte[] scale = new byte[4];
    int first = tile * tileRows;
    byte[] all = new byte[Math.min(tileRows, rows - first) * rowBytes];
    source.raw(tensor, (long) first * rowBytes, all);
    for (int r = 0; r * rowBytes < all.length; r++) {
      System.arraycopy(all, r * rowBytes, raw, 0, rowBytes);
      for (int b = 0; b < blocks; b++) {
        int sub = superBytes == 0 ? 0 : b % Packing.SUPER;
        int from = (superBytes == 0 ? b : b / Packing.SUPER) * storedBlock;
        if (superBytes > 0 && sub == 0) {
          putFactors(raw, from, factorsAt(tile, b), r);
        }
        packing.scale(raw, from, sub, scale);
        putScales(scale, scalesAt(tile, b), r);
        packing.words(raw, from, sub, words);
        long place = wordsAt(tile, b) + 4L * r;
        for (int k = 0; k < words.length; k++, place += 4L * tileRows) {
          memory.set(ValueLayout.JAVA_INT_UNALIGNED, place, words[k]);
        }
      }
    }
  }

  private void putFactors(byte[] raw, int from, long to, int row) {
    for (int f = 0; f < packing.scales().superBytes() / 2; f++) {
      MemorySegment.copy(
          raw,
          from + packing.storedFactors() + 2 * f,
          memory,
          ValueLayout.JAVA_BYTE,
          to + 2L * tileRows * f + 2L * row,
          2);
    }
  }

  private void putScales(byte[] scale, long to, int row) {
    int width = superBytes > 0 ? 1 : 2;
    for (int part = 0; part < packing.scales().bytes() / width; part++) {
      MemorySegment.copy(
          scale,
          part * width,
          memory,
          ValueLayout.JAVA_BYTE,
          to + (long) width * (tileRows * part + row),
          width);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
