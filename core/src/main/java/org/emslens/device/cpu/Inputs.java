package org.emslens.device.cpu;

/**
 * Rows of activations as products with packed weights want them.
 *
 * @param x the rows, each padded with zeros to whole blocks [n, blocks * 32]
 * @param shifted x[j] / 16^(j mod 4), exactly: four neighbouring nibbles of a word are multiplied
 *     where they lie, which makes the later ones 16, 256 and 4,096 times as large
 * @param of16 sums of x over each 16 [n, blocks * 2]
 * @param of32 sums over each 32 [n, blocks]
 */
record Inputs(float[] x, float[] shifted, float[] of16, float[] of32) {
  private static final float[] SHIFTS = {1, 0x1p-4f, 0x1p-8f, 0x1p-12f};

  static Inputs of(float[] x, int count) {
    float[] shifted = new float[count];
    float[] of16 = new float[count / 16];
    float[] of32 = new float[count / 32];
    for (int s = 0; s < of16.length; s++) {
      float sum = 0;
      for (int i = s * 16; i < s * 16 + 16; i++) {
        sum += x[i];
        shifted[i] = x[i] * SHIFTS[i % 4];
      }
      of16[s] = sum;
      of32[s / 2] += sum;
    }
    return new Inputs(x, shifted, of16, of32);
  }
}
