package org.emslens.format;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a tensor's numbers are stored: `block` numbers share `bytes` bytes. Identifiers are those of
 * the GGUF specification.
 */
public enum DType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  IQ4_NL(20, 32, 18),
  BF16(30, 1, 2),
  MXFP4(39, 32, 17);

  private final int ggufId;
  private final int block;
  private final int bytes;

  DType(int ggufId, int block, int bytes) {
    this.ggufId = ggufId;
    this.block = block;
    this.bytes = bytes;
  }

  /** Numbers per block. */
  public int block() {
    return block;
  }

  /** Bytes of `count` numbers, which must be whole blocks. */
  public long bytesOf(long count) {
    return Math.multiplyExact(count / block, (long) bytes);
  }

  /** The type with this GGUF identifier, or null where this program does not read it. */
  static DType ofGguf(int id) {
    for (DType t : values()) {
      if (t.ggufId == id) {
        return t;
      }
    }
    return null;
  }

  /** All of them, for messages. */
  static String names() {
    return Arrays.stream(values()).map(DType::name).collect(Collectors.joining(", "));
  }

  /** The type with this safetensors name (F32, F16, BF16), or null. */
  static DType ofSafetensors(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "F32" -> F32;
      case "F16" -> F16;
      case "BF16" -> BF16;
      default -> null;
    };
  }
}
