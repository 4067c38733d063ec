package org.emslens.device;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What is looked at while one token runs: its attention in every query head (probabilities over the
 * slots of the head's KV head, its own included) and what every head made of it.
 */
public final class DecodeTap {
  private final float[][] rows;
  private final int[] lengths;
  private final float[][] outputs;
  private final int first;
  private final Map<Integer, DecodeTap> parts = new HashMap<>();

  /** Rows that come by themselves, by the first of the heads they are of. */
  private final Map<Integer, Supplier<short[][]>> later;

  /** Taps attention and outputs of so many query heads, those of all layers together. */
  public DecodeTap(int allHeads) {
    this(allHeads, true);
  }

  private DecodeTap(int allHeads, boolean attention) {
    rows = attention ? new float[allHeads][0] : null;
    lengths = new int[allHeads];
    outputs = new float[allHeads][0];
    first = 0;
    later = new TreeMap<>();
  }

  private DecodeTap(DecodeTap of, int first) {
    rows = of.rows;
    lengths = of.lengths;
    outputs = of.outputs;
    this.first = first;
    later = of.later;
  }

  /** The same tap for who counts heads from this one on; the same one each time. */
  public DecodeTap from(int head) {
    return parts.computeIfAbsent(head, h -> new DecodeTap(this, h));
  }

  /** Taps only what heads put out: cheap, where the cache is long. */
  public static DecodeTap ofOutputs(int allHeads) {
    return new DecodeTap(allHeads, false);
  }

  /** Whether attention is wanted. */
  public boolean tapsAttention() {
    return rows != null;
  }

  public void attention(int head, float[] from, int start, int n) {
    System.arraycopy(from, start, attention(head, n), 0, n);
  }

  /**
   * Attention that is still on its way, of the first heads.
   *
   * @param slots of each of them
   * @param halves the rows as half floats, which it waits for [heads][slots]
   */
  public void later(int[] slots, Supplier<short[][]> halves) {
    System.arraycopy(slots, 0, lengths, first, slots.length);
    later.put(first, halves);
  }

  /** Whether attention is still on its way, so that {@link #halves} may wait. */
  public boolean isUnderWay() {
    return !later.isEmpty();
  }

  /** How many slots each head attended to [allHeads]. */
  public int[] lengths() {
    return lengths.clone();
  }

  private float[] attention(int head, int n) {
    int at = first + head;
    if (rows[at].length < n) {
      rows[at] = new float[n + 64];
    }
    lengths[at] = n;
    return rows[at];
  }

  /** The head's mixed values before the output projection [d]. */
  public void output(int head, float[] from, int start, int d) {
    System.arraycopy(from, start, output(head, d), 0, d);
  }

  /** The same from memory outside of Java's heap. */
  public void output(int head, MemorySegment from, int d) {
    MemorySegment.copy(from, JAVA_FLOAT, 0, output(head, d), 0, d);
  }

  private float[] output(int head, int d) {
    int at = first + head;
    if (outputs[at].length != d) {
      outputs[at] = new float[d];
    }
    return outputs[at];
  }

  /** A copy of the attention as half floats [allHeads][slots]. */
  public short[][] halves() {
    short[][] out = new short[rows.length][];
    later.forEach(
        (head, coming) -> {
          short[][] come = coming.get();
          System.arraycopy(come, 0, out, head, come.length);
        });
    for (int h = 0; h < rows.length; h++) {
      if (out[h] == null) {
        out[h] = new short[lengths[h]];
        for (int j = 0; j < lengths[h]; j++) {
          out[h][j] = Float.floatToFloat16(rows[h][j]);
        }
      }
    }
    return out;
  }

  /**
   * How far each head's output is from the same head's in a run with the full cache: |full - o| /
   * |full| [allHeads].
   */
  public float[] outputError(DecodeTap full) {
    float[] error = new float[outputs.length];
    for (int h = 0; h < error.length; h++) {
      double apart = 0;
      double norm = 0;
      for (int i = 0; i < outputs[h].length; i++) {
        double f = full.outputs[h][i];
        double x = f - outputs[h][i];
        apart += x * x;
        norm += f * f;
      }
      error[h] = norm == 0 ? 0 : (float) Math.sqrt(apart / norm);
    }
    return error;
  }
}
