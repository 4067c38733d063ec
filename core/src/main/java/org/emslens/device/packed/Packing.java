package org.emslens.device.packed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.emslens.format.BlockScales;
import org.emslens.format.CodeBooks;
import org.emslens.format.DType;

/**
 * How a stored type becomes a packed one, block of 32 weights by block; a weight is scale * (level
 * - offset) + minimum. The formats of the stored blocks are those of the GGUF specification.
 */
public enum Packing {
  Q4_0(DType.Q4_0, Levels.NIBBLES, Scales.HALVES, 8),
  Q4_1(DType.Q4_1, Levels.NIBBLES, Scales.HALVES_WITH_MINIMA, 0),
  Q5_0(DType.Q5_0, Levels.FIFTHS, Scales.HALVES, 16),
  Q5_1(DType.Q5_1, Levels.FIFTHS, Scales.HALVES_WITH_MINIMA, 0),
  Q8_0(DType.Q8_0, Levels.BYTES, Scales.HALVES, 0),
  Q2_K(DType.Q2_K, Levels.NIBBLES, Scales.SUPER_OF_SIXTEEN_WITH_MINIMA, 0),
  Q3_K(DType.Q3_K, Levels.NIBBLES, Scales.SUPER_OF_SIXTEEN, 4),
  Q4_K(DType.Q4_K, Levels.NIBBLES, Scales.SUPER_WITH_MINIMA, 0),
  Q5_K(DType.Q5_K, Levels.FIFTHS, Scales.SUPER_WITH_MINIMA, 0),
  Q6_K(DType.Q6_K, Levels.SIXTHS, Scales.SUPER_OF_SIXTEEN, 32),
  IQ4_NL(DType.IQ4_NL, Levels.BYTES, Scales.HALVES, 0),
  MXFP4(DType.MXFP4, Levels.BFLOATS, Scales.NONE, 0),
  F16(DType.F16, Levels.HALVES, Scales.NONE, 0),
  BF16(DType.BF16, Levels.BFLOATS, Scales.NONE, 0),
  F32(DType.F32, Levels.FLOATS, Scales.NONE, 0);

  /** Weights of a block. */
  public static final int BLOCK = 32;

  /** Blocks that share factors of their scales, in the types that do so. */
  public static final int SUPER = 8;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** What scales a block's levels. */
  public enum Scales {
    /** Nothing: levels are the weights. */
    NONE(0, 0),
    /** One half-precision number. */
    HALVES(2, 0),
    /** That, and a half-precision minimum. */
    HALVES_WITH_MINIMA(4, 0),
    /** Bytes for scale and minimum, times two half-precision factors of the super-block. */
    SUPER_WITH_MINIMA(2, 4),
    /** A signed byte for each sixteen, times a half-precision factor. */
    SUPER_OF_SIXTEEN(2, 2),
    /** That for scales, then for minima. */
    SUPER_OF_SIXTEEN_WITH_MINIMA(4, 4);

    private final int bytes;
    private final int superBytes;

    Scales(int bytes, int superBytes) {
      this.bytes = bytes;
      this.superBytes = superBytes;
    }

    /** Bytes per row and block, before the levels. */
    public int bytes() {
      return bytes;
    }

    /** Bytes per row and super-block, before its blocks; 0 where there is none. */
    public int superBytes() {
      return superBytes;
    }

    public boolean hasMinima() {
      return this == HALVES_WITH_MINIMA
          || this == SUPER_WITH_MINIMA
          || this == SUPER_OF_SIXTEEN_WITH_MINIMA;
    }

    /** Scales of one block, and minima where it has them. */
    public int parts() {
      return this == SUPER_OF_SIXTEEN || this == SUPER_OF_SIXTEEN_WITH_MINIMA ? 2 : 1;
    }
  }

  private final DType stored;
  private final Levels levels;
  private final Scales scales;
  private final int offset;

  Packing(DType stored, Levels levels, Scales scales, int offset) {
    this.stored = stored;
    this.levels = levels;
    this.scales = scales;
    this.offset = offset;
  }

  public static Packing of(DType type) {
    return valueOf(type.name());
  }

  /** Bytes that so many weights take once they are packed, but for what fills up tiles. */
  public long bytesOf(long weights) {
    double perBlock = 4 * levels.words() + scales.bytes() + (double) scales.superBytes() / SUPER;
    return (long) (perBlock * weights / BLOCK);
  }

  DType stored() {
    return stored;
  }

  public Levels levels() {
    return levels;
  }

  public Scales scales() {
    return scales;
  }

  public int offset() {
    return offset;
  }

  /** Where the factors of a super-block stand in the stored one: halves, from there on. */
  int storedFactors() {
    return switch (this) {
      case Q2_K -> 80;
      case Q3_K -> 108;
      case Q6_K -> 208;
      default -> 0;
    };
  }

  /**
   * The bytes of one block's scale: two or four of halves as stored, or one per scale and minimum.
   *
   * @param raw a stored row
   * @param at where its (super-)block begins
   * @param sub which block of it
   */
  void scale(byte[] raw, int at, int sub, byte[] into) {
    switch (this) {
      case Q4_0, Q5_0, Q8_0 -> System.arraycopy(raw, at, into, 0, 2);
      case Q4_1, Q5_1 -> System.arraycopy(raw, at, into, 0, 4);
      case Q4_K, Q5_K -> {
        into[0] = (byte) BlockScales.sixBitScale(raw, at + 4, sub);
        into[1] = (byte) BlockScales.sixBitMinimum(raw, at + 4, sub);
      }
      case Q6_K -> System.arraycopy(raw, at + 192 + 2 * sub, into, 0, 2);
      case IQ4_NL -> System.arraycopy(raw, at, into, 0, 2);
      case Q2_K -> {
        for (int part = 0; part < 2; part++) {
          into[part] = (byte) (raw[at + 2 * sub + part] & 15);
          into[2 + part] = (byte) (raw[at + 2 * sub + part] >> 4 & 15);
        }
      }
      case Q3_K -> {
        into[0] = (byte) BlockScales.signedScale(raw, at + 96, 2 * sub);
        into[1] = (byte) BlockScales.signedScale(raw, at + 96, 2 * sub + 1);
      }
      case MXFP4, F16, BF16, F32 -> {}
    }
  }

  /** The words of one block, likewise [levels().words()]. */
  void words(byte[] raw, int at, int sub, int[] into) {
    switch (this) {
      case Q4_0 -> twoHalves(raw, at + 2, into);
      case Q4_1 -> twoHalves(raw, at + 4, into);
      case Q5_0 -> {
        twoHalves(raw, at + 6, into);
        into[4] = word(raw, at + 2);
      }
      case Q5_1 -> {
        twoHalves(raw, at + 8, into);
        into[4] = word(raw, at + 4);
      }
      case Q8_0 -> copy(raw, at + 2, into, 8);
      case Q4_K -> halfBytes(raw, at + 16 + sub / 2 * BLOCK, sub % 2, into);
      case Q5_K -> {
        halfBytes(raw, at + 48 + sub / 2 * BLOCK, sub % 2, into);
        into[4] = fifth(raw, at + 16, sub);
      }
      case Q6_K -> {
        int part = sub / 4;
        int quarter = sub % 4;
        halfBytes(raw, at + part * 64 + quarter % 2 * BLOCK, quarter / 2, into);
        into[4] = sixth(raw, at + 128 + part * BLOCK, quarter);
        into[5] = sixth(raw, at + 128 + part * BLOCK + 16, quarter);
      }
      case Q2_K -> pairs(raw, at + 16 + sub / 4 * BLOCK, sub % 4, 0, into);
      case Q3_K -> pairs(raw, at + 32 + sub / 4 * BLOCK, sub % 4, fifth(raw, at, sub), into);
      case IQ4_NL -> iq4(raw, at + 2, into);
      case MXFP4 -> mxfp4(raw, at, into);
      case F16, BF16 -> copy(raw, at, into, 16);
      case F32 -> copy(raw, at, into, 32);
    }
  }

  /** Sixteen bytes whose low halves are weights 0 to 15, whose high halves 16 to 31. */
  private static void twoHalves(byte[] raw, int at, int[] into) {
    for (int k = 0; k < 2; k++) {
      int first = word(raw, at + 8 * k);
      int second = word(raw, at + 8 * k + 4);
      into[k] = nibbles(first) | nibbles(second) << 16;
      into[k + 2] = nibbles(first >>> 4) | nibbles(second >>> 4) << 16;
    }
  }

  /** The low or high halves of 32 bytes. */
  private static void halfBytes(byte[] raw, int at, int high, int[] into) {
    for (int k = 0; k < 4; k++) {
      int first = word(raw, at + 8 * k) >>> 4 * high;
      int second = word(raw, at + 8 * k + 4) >>> 4 * high;
      into[k] = nibbles(first) | nibbles(second) << 16;
    }
  }

  /** The bit pair `pair` of 32 bytes, each with a third bit of a word's above it. */
  private static void pairs(byte[] raw, int at, int pair, int thirds, int[] into) {
    Arrays.fill(into, 0);
    for (int j = 0; j < BLOCK; j++) {
      int q = raw[at + j] >> 2 * pair & 3 | (thirds >>> j & 1) << 2;
      into[j / 8] |= q << 4 * (j % 8);
    }
  }

  /** What sixteen bytes of codes stand for, as signed bytes. */
  private static void iq4(byte[] raw, int at, int[] into) {
    Arrays.fill(into, 0);
    for (int j = 0; j < BLOCK; j++) {
      int value = CodeBooks.iq4(raw[at + j % 16] >> 4 * (j / 16) & 15);
      into[j / 4] |= (value & 255) << 8 * (j % 4);
    }
  }

  /** The same as bfloat16: their two bits of fraction, times a power of two, are exact in it. */
  private static void mxfp4(byte[] raw, int at, int[] into) {
    Arrays.fill(into, 0);
    float scale = CodeBooks.halfPower(raw[at] & 255);
    for (int j = 0; j < BLOCK; j++) {
      float value = scale * CodeBooks.mxfp4(raw[at + 1 + j % 16] >> 4 * (j / 16) & 15);
      into[j / 2] |= Float.floatToRawIntBits(value) >>> 16 << 16 * (j % 2);
    }
  }

  /** The low halves of four bytes, side by side. */
  private static int nibbles(int bytes) {
    int low = bytes & 0x0f0f0f0f;
    int pairs = (low | low >>> 4) & 0x00ff00ff;
    return (pairs | pairs >>> 8) & 0xffff;
  }

  private static void copy(byte[] raw, int at, int[] into, int n) {
    for (int k = 0; k < n; k++) {
      into[k] = word(raw, at + 4 * k);
    }
  }

  private static int word(byte[] raw, int at) {
    return (int) INT.get(raw, at);
  }

  /** Bit `bit` of 32 bytes, side by side. */
  private static int fifth(byte[] raw, int at, int bit) {
    int bits = 0;
    for (int j = 0; j < BLOCK; j++) {
      bits |= (raw[at + j] >> bit & 1) << j;
    }
    return bits;
  }

  /** The bit pair `pair` of 16 bytes, side by side. */
  private static int sixth(byte[] raw, int at, int pair) {
    int bits = 0;
    for (int j = 0; j < 16; j++) {
      bits |= (raw[at + j] >> 2 * pair & 3) << 2 * j;
    }
    return bits;
  }
}
