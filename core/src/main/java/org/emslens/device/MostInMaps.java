package org.emslens.device;

import java.util.stream.IntStream;

/**
 * Looks for {@link PromptMemory#most} in maps, for devices that do not gather it while they attend.
 *
 * @param columns tokens of the prompt that is continued
 * @param weights [layers][W][more]; see {@link PromptMemory#continued(int, float[][][])}
 */
public record MostInMaps(int columns, float[][][] weights) {
  /** Rows of a whole map that are computed at a time. */
  private static final int BAND = 128;

  /**
   * @param memory of the prompt and of what followed
   * @return [W][columns]
   */
  public float[][] of(PromptMemory memory, int layer, int head) {
    float[][] factors = weights[layer];
    float[][] most = new float[factors.length][columns];
    int[] keys = IntStream.rangeClosed(0, columns).toArray();
    int end = columns + factors[0].length;
    for (int first = columns; first < end; first += BAND) {
      int[] rows = IntStream.rangeClosed(first, Math.min(first + BAND, end)).toArray();
      float[] map = memory.map(layer, head, rows, keys, () -> false);
      for (int w = 0; w < most.length; w++) {
        for (int i = 0; i + 1 < rows.length; i++) {
          float factor = factors[w][rows[i] - columns];
          for (int j = 0; j < columns; j++) {
            most[w][j] = Math.max(most[w][j], factor * map[i * columns + j]);
          }
        }
      }
    }
    return most;
  }

  /**
   * @param found null where a memory was not continued with weights
   */
  public static float[][] of(MostInMaps found, PromptMemory memory, int layer, int head) {
    if (found == null) {
      throw new IllegalStateException("not continued with weights");
    }
    return found.of(memory, layer, head);
  }
}
