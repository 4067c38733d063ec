package org.emslens.device.cpu;

import org.emslens.device.Repeated;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;

/** Gathers {@link org.emslens.device.PromptMemory#most} of a layer while it attends. */
final class MostPaid {
  private final AttentionSpec.Shape shape;
  private final int columns;
  private final Repeated part;
  private final float[][] weights;

  /** [H][W][columns]. */
  private final float[][][] most;

  /**
   * @param columns tokens of the prompt that is continued
   * @param weights the layer's [W][more]
   */
  MostPaid(AttentionSpec.Shape shape, int columns, Repeated part, float[][] weights) {
    this.shape = shape;
    this.columns = columns;
    this.part = part;
    this.weights = weights;
    most = new float[shape.heads()][weights.length][columns];
  }

  /**
   * @return [W][columns]
   */
  float[][] of(int head) {
    return most[head];
  }

  /** What some queries of a KV head's group pay, to be added when they have attended. */
  final class Part {
    private final int g;

    /** [group][W][columns]. */
    private final float[][][] own = new float[shape.group()][weights.length][columns];

    Part(int g) {
      this.g = g;
    }

    /**
     * @param r which of the group's heads
     * @param query its token, counted from the prompt's first
     * @param p its probability of key 0 is at p[at]
     */
    void take(Kernels kernels, int r, int query, float[] p, int at) {
      int reached = shape.firstReached(query);
      float counted = part.whole(columns) ? 1 : counted(p, at, reached, query);
      int first = Math.clamp(reached, part.from(), part.to());
      for (int w = 0; w < weights.length; w++) {
        float factor = weights[w][query - columns] / counted;
        kernels.raise(own[r][w], first, part.to(), p, at, factor);
      }
    }

    /** What a query pays to all that counts. */
    private float counted(float[] p, int at, int reached, int query) {
      return RowProducts.sum(p, at + reached, at + part.sinks())
          + RowProducts.sum(p, at + Math.max(reached, part.from()), at + part.to())
          + RowProducts.sum(p, at + Math.max(reached, columns), at + query + 1);
    }

    /** Not for several threads at once. */
    void finish() {
      for (int r = 0; r < own.length; r++) {
        float[][] all = most[g * own.length + r];
        for (int w = 0; w < all.length; w++) {
          RowProducts.maximum(all[w], own[r][w], columns);
        }
      }
    }
  }
}
