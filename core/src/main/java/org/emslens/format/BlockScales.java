package org.emslens.format;

/** Six-bit scales as super-blocks pack them, after the GGUF specification. */
public final class BlockScales {
  private BlockScales() {}

  /** Of Q4_K and Q5_K: the scale of sub-block s of eight, whose twelve bytes begin at `at`. */
  public static int sixBitScale(byte[] raw, int at, int s) {
    return s < 4 ? raw[at + s] & 63 : raw[at + s + 4] & 15 | (raw[at + s - 4] & 0xC0) >> 2;
  }

  /** Likewise the minimum. */
  public static int sixBitMinimum(byte[] raw, int at, int s) {
    return s < 4 ? raw[at + s + 4] & 63 : raw[at + s + 4] >> 4 & 15 | (raw[at + s] & 0xC0) >> 2;
  }

  /** Of Q3_K: the signed scale of sub-block s of sixteen, likewise. */
  public static int signedScale(byte[] raw, int at, int s) {
    int low = raw[at + s % 8] >> 4 * (s / 8) & 15;
    int high = raw[at + 8 + s % 4] >> 2 * (s / 4) & 3;
    return (low | high << 4) - 32;
  }
}
