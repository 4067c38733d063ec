package org.emslens.engine;

/**
 * The attention of one token in every query head: probabilities over the slots of the head's KV
 * head, its own included.
 */
public final class AttentionRows {
  private final float[][] rows;
  private final int[] lengths;

  public AttentionRows(int allHeads) {
    rows = new float[allHeads][0];
    lengths = new int[allHeads];
  }

  public void set(int head, float[] from, int start, int n) {
    if (rows[head].length < n) {
      rows[head] = new float[n + 64];
    }
    System.arraycopy(from, start, rows[head], 0, n);
    lengths[head] = n;
  }

  /** A copy as half floats [allHeads][slots]. */
  public short[][] halves() {
    short[][] out = new short[rows.length][];
    for (int h = 0; h < rows.length; h++) {
      out[h] = new short[lengths[h]];
      for (int j = 0; j < lengths[h]; j++) {
        out[h][j] = Float.floatToFloat16(rows[h][j]);
      }
    }
    return out;
  }
}
