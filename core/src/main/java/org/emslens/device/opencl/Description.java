package org.emslens.device.opencl;

import java.util.Arrays;

/**
 * What policies see of all slots of a cache.
 *
 * @param buffer where it lies on the card, for comparing slots [KINDS][total]
 * @param total slots that there is room for
 * @param numbers the same
 */
record Description(Buffer buffer, int total, float[] numbers) {
  /** Local, newest, length of the key, of the value, received. */
  static final int KINDS = 5;

  float[] local(int base, int n) {
    return part(0, base, n);
  }

  float[] newest(int base, int n) {
    return part(1, base, n);
  }

  float valueLength(int slot) {
    return numbers[3 * total + slot];
  }

  float[] received(int base, int n) {
    return part(4, base, n);
  }

  private float[] part(int kind, int base, int n) {
    return Arrays.copyOfRange(numbers, kind * total + base, kind * total + base + n);
  }

  void close() {
    buffer.close();
  }
}
