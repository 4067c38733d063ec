package org.emslens.engine.nd4j;

import org.emslens.engine.Prefill;
import org.emslens.math.Exponential;

/** Max-pools attention rows into a head's small picture as they pass by. */
final class Thumbnails {
  private Thumbnails() {}

  /**
   * @param pixels the picture [T, T]
   * @param row probabilities over keys 0..visible-1 of n
   */
  static void add(float[] pixels, float[] row, int query, int visible, int n) {
    int size = Prefill.THUMBNAIL;
    int y = (int) ((long) query * size / n);
    for (int x = 0; x < size; x++) {
      int from = (int) (((long) x * n + size - 1) / size);
      int to = Math.min(visible, (int) (((long) (x + 1) * n + size - 1) / size));
      int pixel = y * size + x;
      pixels[pixel] = Math.max(pixels[pixel], Exponential.max(row, from, to));
    }
  }
}
