package org.emslens.cache;

/**
 * How exactly slots older than the window are kept: as they were computed, or rounded to few levels
 * between the smallest and the largest number of a group. Groups are those of KIVI (arXiv
 * 2402.02750): of keys {@link #GROUP} slots of one channel, since some channels are large
 * throughout; of values as many channels of one slot.
 */
public enum Precision {
  FLOAT32(32),
  INT8(8),
  INT4(4),
  INT2(2);

  /** Numbers that share a smallest and a largest one. The last group of a row may have fewer. */
  public static final int GROUP = 64;

  /** What a group takes besides: its smallest number, and how far levels are apart. */
  private static final int GROUP_BYTES = 2 * Float.BYTES;

  private final int bits;

  Precision(int bits) {
    this.bits = bits;
  }

  /** Whether anything is rounded. */
  public boolean rounds() {
    return this != FLOAT32;
  }

  /** Levels less one: 2^bits - 1. */
  public int steps() {
    return (1 << bits) - 1;
  }

  /**
   * Rounds one group in place, in float32: of smallest number a and largest b, x becomes a + s *
   * rint((x - a) / s) with s = (b - a) / steps; nothing changes where all are equal.
   *
   * @param at of the first of n numbers
   * @param apart how far they lie from each other
   */
  public void round(float[] x, int at, int apart, int n) {
    float least = x[at];
    float most = x[at];
    for (int i = 1; i < n; i++) {
      least = Math.min(least, x[at + i * apart]);
      most = Math.max(most, x[at + i * apart]);
    }
    float step = (most - least) / steps();
    if (step > 0) {
      for (int i = 0; i < n; i++) {
        int j = at + i * apart;
        x[j] = least + step * (float) Math.rint((x[j] - least) / step);
      }
    }
  }

  /**
   * How many slots of a head are rounded once there are so many: all that were, and whole groups of
   * those that have left the window since.
   */
  public static int settled(int rounded, int slots, int window) {
    return rounded + Math.max(0, slots - window - rounded) / GROUP * GROUP;
  }

  /**
   * Bytes of one head's keys and values.
   *
   * @param rounded how many of the slots are rounded, in this precision
   */
  public long bytes(int slots, int rounded, int headDim) {
    long exact = 2L * (slots - rounded) * headDim * Float.BYTES;
    long levels = (2L * rounded * headDim * bits + Byte.SIZE - 1) / Byte.SIZE;
    long groups = rounds() ? groups(rounded) * headDim + rounded * groups(headDim) : 0;
    return exact + levels + groups * GROUP_BYTES;
  }

  private static long groups(int numbers) {
    return (numbers + GROUP - 1) / GROUP;
  }
}
