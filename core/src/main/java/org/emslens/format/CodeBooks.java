package org.emslens.format;

/**
 * What the codes of the types stand for whose codes are not numbers, after the GGUF specification.
 */
public final class CodeBooks {
  private static final byte[] IQ4_NL = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private static final byte[] MXFP4 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private CodeBooks() {}

  /** What a code of IQ4_NL stands for, from 0 to 15. */
  public static byte iq4(int code) {
    return IQ4_NL[code];
  }

  /**
   * Twice what a code of MXFP4 stands for: a sign, two bits of exponent, one of fraction (the Open
   * Compute Project's microscaling formats, version 1.0).
   */
  public static byte mxfp4(int code) {
    return MXFP4[code];
  }

  /** Half of 2^(e - 127), the scale that goes with that. */
  public static float halfPower(int e) {
    return Float.intBitsToFloat(e < 2 ? 0x00200000 << e : e - 1 << 23);
  }
}
