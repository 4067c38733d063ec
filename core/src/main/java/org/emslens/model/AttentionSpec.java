package org.emslens.model;

/**
 * Grouped-query attention of one layer (arXiv 2305.13245).
 *
 * @param shape heads and how scores become probabilities
 * @param rope how positions get into queries and keys, or null where they do not
 * @param query projection [heads * headDim, hidden]
 * @param key projection [kvHeads * headDim, hidden]; likewise value
 * @param output projection [hidden, heads * headDim]
 * @param queryNorm of queries before RoPE, or null: of each head where its weight has headDim
 *     numbers, of all of them at once where it has heads * headDim; RMS without bias; likewise
 *     keyNorm
 */
public record AttentionSpec(
    Shape shape,
    Rope rope,
    LinearSpec query,
    LinearSpec key,
    LinearSpec value,
    LinearSpec output,
    NormSpec queryNorm,
    NormSpec keyNorm) {

  public AttentionSpec {
    for (NormSpec norm : new NormSpec[] {queryNorm, keyNorm}) {
      if (norm != null && (norm.kind() != NormSpec.Kind.RMS || norm.bias() != null)) {
        throw new IllegalArgumentException("Norms of queries and keys are RMS without bias.");
      }
    }
  }

  /** Without norms of queries and keys. */
  public AttentionSpec(
      Shape shape,
      Rope rope,
      LinearSpec query,
      LinearSpec key,
      LinearSpec value,
      LinearSpec output) {
    this(shape, rope, query, key, value, output, null, null);
  }

  /**
   * What of a layer's attention concerns keys, values and probabilities.
   *
   * @param heads query heads
   * @param kvHeads heads of keys and values, a divisor of `heads`
   * @param headDim d, numbers of one key
   * @param scale what products of queries and keys are multiplied by before the softmax
   * @param window how many keys up to its own a query reaches (arXiv 2310.06825), or 0 for all
   * @param softCap scaled products x become softCap * tanh(x / softCap) (arXiv 2408.00118), or 0
   *     for as they are
   */
  public record Shape(int heads, int kvHeads, int headDim, float scale, int window, float softCap) {

    /** Every query reaches all keys up to its own; products as they are. */
    public Shape(int heads, int kvHeads, int headDim, float scale) {
      this(heads, kvHeads, headDim, scale, 0, 0);
    }

    /** The usual scale, 1 / sqrt(d) (arXiv 1706.03762). */
    public static Shape of(int heads, int kvHeads, int headDim) {
      return new Shape(heads, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)));
    }

    /**
     * With a window.
     *
     * @param reach see `window`
     */
    public Shape within(int reach) {
      return new Shape(heads, kvHeads, headDim, scale, reach, softCap);
    }

    /** With another scale and soft cap. */
    public Shape scored(double by, double cap) {
      return new Shape(heads, kvHeads, headDim, (float) by, window, (float) cap);
    }

    /** Whether the query at a position reaches the key at another, which is not after it. */
    public boolean reaches(int query, int key) {
      return window == 0 || query - key < window;
    }

    /** The first position that the query at a position reaches. */
    public int firstReached(int query) {
      return window == 0 ? 0 : Math.max(0, query - window + 1);
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
