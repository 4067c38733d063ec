package org.emslens.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/**
 * Turns stored blocks into float32, bit for bit as the reference implementation of the GGUF format
 * (package `gguf` for Python) does: products and sums are rounded one by one, never fused.
 */
final class Dequantizer {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int K = 256;

  private Dequantizer() {}

  static void dequantize(DType type, byte[] raw, float[] out) {
    switch (type) {
      case F32 -> f32(raw, out);
      case F16 -> f16(raw, out);
      case BF16 -> bf16(raw, out);
      case Q8_0 -> q8(raw, out);
      case Q4_0 -> q4(raw, out, false);
      case Q4_1 -> q4(raw, out, true);
      case Q5_0 -> q5(raw, out, false);
      case Q5_1 -> q5(raw, out, true);
      case Q2_K -> q2k(raw, out);
      case Q3_K -> q3k(raw, out);
      case IQ4_NL -> codes(raw, out, 2, CodeBooks::iq4);
      case MXFP4 -> codes(raw, out, 1, CodeBooks::mxfp4);
      case Q4_K -> q45k(raw, out, false);
      case Q5_K -> q45k(raw, out, true);
      case Q6_K -> q6k(raw, out);
    }
  }

  private static float half(byte[] raw, int at) {
    return Float.float16ToFloat((short) SHORT.get(raw, at));
  }

  private static void f32(byte[] raw, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Float.intBitsToFloat((int) INT.get(raw, 4 * i));
    }
  }

  private static void f16(byte[] raw, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = half(raw, 2 * i);
    }
  }

  private static void bf16(byte[] raw, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Float.intBitsToFloat((short) SHORT.get(raw, 2 * i) << 16);
    }
  }

  private static void q8(byte[] raw, float[] out) {
    for (int i = 0, p = 0; i < out.length; i += 32, p += 34) {
      float d = half(raw, p);
      for (int j = 0; j < 32; j++) {
        out[i + j] = raw[p + 2 + j] * d;
      }
    }
  }

  /** Low nibbles are the block's first half. With a minimum: d q + m; without: d (q - 8). */
  private static void q4(byte[] raw, float[] out, boolean minimum) {
    int head = minimum ? 4 : 2;
    int size = head + 16;
    for (int i = 0, p = 0; i < out.length; i += 32, p += size) {
      float d = half(raw, p);
      float m = minimum ? half(raw, p + 2) : 0;
      int shift = minimum ? 0 : 8;
      for (int j = 0; j < 16; j++) {
        int b = raw[p + head + j];
        float low = d * ((b & 15) - shift);
        float high = d * ((b >> 4 & 15) - shift);
        out[i + j] = minimum ? low + m : low;
        out[i + j + 16] = minimum ? high + m : high;
      }
    }
  }

  /** As q4, with a fifth bit of every number in a 32-bit word. */
  private static void q5(byte[] raw, float[] out, boolean minimum) {
    int head = minimum ? 4 : 2;
    int size = head + 20;
    for (int i = 0, p = 0; i < out.length; i += 32, p += size) {
      float d = half(raw, p);
      float m = minimum ? half(raw, p + 2) : 0;
      int shift = minimum ? 0 : 16;
      int fifth = (int) INT.get(raw, p + head);
      for (int j = 0; j < 16; j++) {
        int b = raw[p + head + 4 + j];
        float low = d * ((b & 15 | (fifth >>> j & 1) << 4) - shift);
        float high = d * ((b >> 4 & 15 | (fifth >>> j + 16 & 1) << 4) - shift);
        out[i + j] = minimum ? low + m : low;
        out[i + j + 16] = minimum ? high + m : high;
      }
    }
  }

  /** Eight sub-blocks of 32 with six-bit scales and minima packed into twelve bytes. */
  private static void q45k(byte[] raw, float[] out, boolean fiveBits) {
    int size = fiveBits ? 176 : 144;
    int quants = fiveBits ? 48 : 16;
    for (int i = 0, p = 0; i < out.length; i += K, p += size) {
      float d = half(raw, p);
      float dmin = half(raw, p + 2);
      for (int s = 0; s < 8; s++) {
        float scale = d * BlockScales.sixBitScale(raw, p + 4, s);
        float minimum = dmin * BlockScales.sixBitMinimum(raw, p + 4, s);
        for (int j = 0; j < 32; j++) {
          int b = raw[p + quants + (s / 2) * 32 + j];
          int q = s % 2 == 0 ? b & 15 : b >> 4 & 15;
          if (fiveBits) {
            q |= (raw[p + 16 + j] >> s & 1) << 4;
          }
          out[i + 32 * s + j] = scale * q - minimum;
        }
      }
    }
  }

  private static void q6k(byte[] raw, float[] out) {
    for (int i = 0, p = 0; i < out.length; i += K, p += 210) {
      float d = half(raw, p + 208);
      for (int j = 0; j < K; j++) {
        int part = j / 128;
        int within = j % 128;
        int quarter = within / 32;
        int low = raw[p + part * 64 + within % 64];
        low = quarter < 2 ? low & 15 : low >> 4 & 15;
        int high = raw[p + 128 + part * 32 + within % 32] >> 2 * quarter & 3;
        float scale = d * raw[p + 192 + j / 16];
        out[i + j] = scale * ((low | high << 4) - 32);
      }
    }
  }

  /** Sixteen sub-blocks of 16, each with four bits of scale and four of minimum. */
  private static void q2k(byte[] raw, float[] out) {
    for (int i = 0, p = 0; i < out.length; i += K, p += 84) {
      float d = half(raw, p + 80);
      float dmin = half(raw, p + 82);
      for (int j = 0; j < K; j++) {
        int scales = raw[p + j / 16];
        int q = raw[p + 16 + j / 128 * 32 + j % 32] >> 2 * (j / 32 % 4) & 3;
        float scale = d * (scales & 15);
        float minimum = dmin * (scales >> 4 & 15);
        out[i + j] = scale * q - minimum;
      }
    }
  }

  /** Sixteen sub-blocks of 16 with six-bit scales; a third bit that is missing takes 4 away. */
  private static void q3k(byte[] raw, float[] out) {
    for (int i = 0, p = 0; i < out.length; i += K, p += 110) {
      float d = half(raw, p + 108);
      for (int j = 0; j < K; j++) {
        int low = raw[p + 32 + j / 128 * 32 + j % 32] >> 2 * (j / 32 % 4) & 3;
        int high = raw[p + j % 32] >> j / 32 & 1;
        float scale = d * BlockScales.signedScale(raw, p + 96, j / 16);
        out[i + j] = scale * (low - (high ^ 1) * 4);
      }
    }
  }

  /**
   * Four-bit codes, low ones first, of values times a scale: half precision in two bytes, or a
   * power of two in one.
   */
  private static void codes(byte[] raw, float[] out, int head, IntUnaryOperator values) {
    int size = head + 16;
    for (int i = 0, p = 0; i < out.length; i += 32, p += size) {
      float d = head == 2 ? half(raw, p) : CodeBooks.halfPower(raw[p] & 255);
      for (int j = 0; j < 16; j++) {
        int b = raw[p + head + j];
        out[i + j] = d * values.applyAsInt(b & 15);
        out[i + j + 16] = d * values.applyAsInt(b >> 4 & 15);
      }
    }
  }
}
