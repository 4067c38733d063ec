package org.emslens.cache;

import org.emslens.math.Exponential;
import org.emslens.math.RowProducts;

/**
 * Which centre each pooled slot joins: the most similar one, unless the zero class, whose
 * similarity to everything is tau, is at least as similar. Similarity is the cosine of keys times
 * the cosine of values, each clamped at 0.
 */
final class MergeAssignment {
  private static final float TINY = 1e-12f;

  private final HeadState head;
  private final int d;
  private final CacheOptions options;

  MergeAssignment(HeadState head, int d, CacheOptions options) {
    this.head = head;
    this.d = d;
    this.options = options;
  }

  /**
   * Writes each pooled slot's class into `target`.
   *
   * @param pool slots that may join a centre
   * @param kept its first `centres` entries are the centres
   * @param target per slot, -1 on entry for the pool
   * @return mean best similarity of the pool, 0 without one
   */
  float assign(int[] pool, int[] kept, int centres, boolean[] takesMembers, int[] target) {
    if (pool.length == 0) {
      return 0;
    }
    boolean byKeys = options.similarity() != CacheOptions.Similarity.VALUES;
    boolean byValues = options.similarity() != CacheOptions.Similarity.KEYS;
    float[][] keys = byKeys ? unitTransposed(head.keys(), kept, centres) : null;
    float[][] values = byValues ? unitTransposed(head.values(), kept, centres) : null;
    float[] byKey = new float[centres];
    float[] byValue = new float[centres];
    float[] mask = new float[centres];
    for (int i = 0; i < centres; i++) {
      mask[i] = takesMembers[i] ? 1 : 0;
    }
    double sum = 0;
    for (int p : pool) {
      if (byKeys) {
        cosines(head.keys(), p, keys, byKey, centres);
      }
      if (byValues) {
        cosines(head.values(), p, values, byValue, centres);
      }
      if (byKeys && byValues) {
        for (int i = 0; i < centres; i++) {
          byKey[i] *= byValue[i];
        }
      }
      float[] similarity = byKeys ? byKey : byValue;
      for (int i = 0; i < centres; i++) {
        similarity[i] *= mask[i];
      }
      float best = Math.max(Exponential.max(similarity, 0, centres), 0);
      target[p] = best > (float) options.tau() ? firstEqual(similarity, best) : -1;
      sum += best;
    }
    return (float) (sum / pool.length);
  }

  private static int firstEqual(float[] x, float value) {
    int i = 0;
    while (x[i] != value) {
      i++;
    }
    return i;
  }

  private void cosines(float[] rows, int slot, float[][] units, float[] out, int centres) {
    RowProducts.products(rows, slot * d, units, out, centres);
    float inverse = 1 / Math.max(RowProducts.norm(rows, slot * d, d), TINY);
    for (int i = 0; i < centres; i++) {
      out[i] = Math.max(out[i] * inverse, 0);
    }
  }

  /** Unit vectors of the centres, [d][centres]. */
  private float[][] unitTransposed(float[] rows, int[] kept, int centres) {
    float[][] out = RowProducts.transpose(rows, 0, kept, centres, d);
    for (int i = 0; i < centres; i++) {
      float inverse = 1 / Math.max(RowProducts.norm(rows, kept[i] * d, d), TINY);
      for (int k = 0; k < d; k++) {
        out[k][i] *= inverse;
      }
    }
    return out;
  }
}
