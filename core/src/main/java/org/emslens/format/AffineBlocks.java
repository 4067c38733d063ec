package org.emslens.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Weights in blocks of 32 along a row, each number being scale * level + minimum: most GGUF types
 * are this, and it is a quarter of float32 to read.
 *
 * @param levels whole numbers from -128 to 127 [count]
 * @param scales one per block [count / 32]
 * @param minima one per block [count / 32]
 */
public record AffineBlocks(byte[] levels, float[] scales, float[] minima) {
  public static final int BLOCK = 32;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Whether a type's stored blocks are of this form. */
  public static boolean describes(DType type) {
    return switch (type) {
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K -> true;
      default -> false;
    };
  }

  static AffineBlocks of(DType type, byte[] raw, int count) {
    AffineBlocks out =
        new AffineBlocks(new byte[count], new float[count / BLOCK], new float[count / BLOCK]);
    if (type == DType.Q4_K || type == DType.Q5_K) {
      superBlocks(raw, type == DType.Q5_K, out);
      return out;
    }
    int size = (int) type.bytesOf(BLOCK);
    boolean minimum = type == DType.Q4_1 || type == DType.Q5_1;
    int head = minimum ? 4 : 2;
    for (int b = 0, p = 0; b < count / BLOCK; b++, p += size) {
      float d = Float.float16ToFloat((short) SHORT.get(raw, p));
      out.scales[b] = d;
      if (minimum) {
        out.minima[b] = Float.float16ToFloat((short) SHORT.get(raw, p + 2));
      }
      switch (type) {
        case Q8_0 -> System.arraycopy(raw, p + 2, out.levels, b * BLOCK, BLOCK);
        case Q4_0, Q4_1 -> nibbles(raw, p + head, 0, minimum ? 0 : 8, out.levels, b * BLOCK);
        default ->
            nibbles(
                raw,
                p + head + 4,
                (int) INT.get(raw, p + head),
                minimum ? 0 : 16,
                out.levels,
                b * BLOCK);
      }
    }
    return out;
  }

  /**
   * Eight blocks share two half-precision factors; each has a six-bit scale and a six-bit minimum.
   */
  private static void superBlocks(byte[] raw, boolean fiveBits, AffineBlocks out) {
    int size = fiveBits ? 176 : 144;
    int quants = fiveBits ? 48 : 16;
    for (int b = 0, p = 0; b < out.scales.length; b += 8, p += size) {
      float d = Float.float16ToFloat((short) SHORT.get(raw, p));
      float dmin = Float.float16ToFloat((short) SHORT.get(raw, p + 2));
      for (int s = 0; s < 8; s++) {
        out.scales[b + s] = d * Dequantizer.sixBitScale(raw, p + 4, s);
        out.minima[b + s] = -(dmin * Dequantizer.sixBitMinimum(raw, p + 4, s));
        for (int j = 0; j < BLOCK; j++) {
          int two = raw[p + quants + s / 2 * BLOCK + j];
          int level = s % 2 == 0 ? two & 15 : two >> 4 & 15;
          if (fiveBits) {
            level |= (raw[p + 16 + j] >> s & 1) << 4;
          }
          out.levels[(b + s) * BLOCK + j] = (byte) level;
        }
      }
    }
  }

  private static void nibbles(byte[] raw, int from, int fifth, int shift, byte[] out, int to) {
    for (int j = 0; j < 16; j++) {
      int b = raw[from + j];
      out[to + j] = (byte) ((b & 15 | (fifth >>> j & 1) << 4) - shift);
      out[to + j + 16] = (byte) ((b >> 4 & 15 | (fifth >>> j + 16 & 1) << 4) - shift);
    }
  }
}
