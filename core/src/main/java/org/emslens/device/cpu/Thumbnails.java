package org.emslens.device.cpu;

import org.emslens.device.PromptMemory;
import org.emslens.math.Exponential;

/**
 * Max-pools some consecutive attention rows of one head into the head's small picture. Rows of one
 * line of pixels are first joined key by key and only then pooled along the keys: a tenth of the
 * work of pooling every row.
 */
final class Thumbnails {
  private static final int SIZE = PromptMemory.THUMBNAIL;

  private final int n;
  private final int firstLine;
  private final float[][] lines;
  private final int[] visible;

  /**
   * @param first first of the rows
   * @param count how many there are
   * @param n tokens in all
   */
  Thumbnails(int first, int count, int n) {
    this.n = n;
    firstLine = line(first);
    int many = line(first + count - 1) - firstLine + 1;
    lines = new float[many][first + count];
    visible = new int[many];
  }

  private int line(int query) {
    return (int) ((long) query * SIZE / n);
  }

  /**
   * The line of pixels that a row is joined into, its largest probability for each key; rows come
   * in order.
   *
   * @param keys that the row is over
   */
  float[] lineOf(int query, int keys) {
    int line = line(query) - firstLine;
    visible[line] = keys;
    return lines[line];
  }

  /** Joins what was added with a head's picture [SIZE, SIZE]. */
  void pool(float[] picture) {
    for (int x = 0; x < SIZE; x++) {
      int from = (int) (((long) x * n + SIZE - 1) / SIZE);
      int to = (int) (((long) (x + 1) * n + SIZE - 1) / SIZE);
      for (int y = 0; y < lines.length; y++) {
        int pixel = (firstLine + y) * SIZE + x;
        float here = Exponential.max(lines[y], from, Math.min(visible[y], to));
        picture[pixel] = Math.max(picture[pixel], here);
      }
    }
  }
}
