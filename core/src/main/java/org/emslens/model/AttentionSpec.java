package org.emslens.model;

/**
 * Grouped-query attention of one layer (arXiv 2305.13245).
 *
 * @param shape heads and how scores become probabilities
 * @param rope how positions get into queries and keys
 * @param query projection [heads * headDim, hidden]
 * @param key projection [kvHeads * headDim, hidden]; likewise value
 * @param output projection [hidden, heads * headDim]
 */
public record AttentionSpec(
    Shape shape,
    RopeSpec rope,
    LinearSpec query,
    LinearSpec key,
    LinearSpec value,
    LinearSpec output) {

  /**
   * What of a layer's attention concerns keys, values and probabilities.
   *
   * @param heads query heads
   * @param kvHeads heads of keys and values, a divisor of `heads`
   * @param headDim d, numbers of one key
   * @param scale what products of queries and keys are multiplied by before the softmax
   */
  public record Shape(int heads, int kvHeads, int headDim, float scale) {

    /** The usual scale, 1 / sqrt(d) (arXiv 1706.03762). */
    public static Shape of(int heads, int kvHeads, int headDim) {
      return new Shape(heads, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)));
    }

    /** Query heads that share one KV head. */
    public int group() {
      return heads / kvHeads;
    }

    /** Width of the queries of one token. */
    public int queryWidth() {
      return heads * headDim;
    }

    /** Width of the keys (or values) of one token. */
    public int kvWidth() {
      return kvHeads * headDim;
    }
  }
}
