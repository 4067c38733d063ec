package org.emslens.model;

/**
 * The sizes of a model.
 *
 * @param architecture the family's name as the file gives it
 * @param kvHeads KV heads; a divisor of `heads`
 * @param tied whether the output projection is the embedding
 * @param parameters numbers in all weights
 * @param bytes size of the weights on disk
 * @param quantization the type that most weights are stored in
 */
public record ModelConfig(
    String architecture,
    int layers,
    int hidden,
    int heads,
    int kvHeads,
    int headDim,
    int feedForward,
    int vocab,
    int context,
    boolean tied,
    long parameters,
    long bytes,
    String quantization) {

  /** The same, but for whether the output projection is the embedding. */
  public ModelConfig tied(boolean isTied) {
    return new ModelConfig(
        architecture,
        layers,
        hidden,
        heads,
        kvHeads,
        headDim,
        feedForward,
        vocab,
        context,
        isTied,
        parameters,
        bytes,
        quantization);
  }

  /** Whether all sizes and the type of the weights are another's. */
  public boolean isLike(ModelConfig other) {
    return architecture.equals(other.architecture)
        && layers == other.layers
        && hidden == other.hidden
        && heads == other.heads
        && kvHeads == other.kvHeads
        && headDim == other.headDim
        && feedForward == other.feedForward
        && vocab == other.vocab
        && parameters == other.parameters
        && quantization.equals(other.quantization);
  }

  /** How its layers attend where their family changes nothing. */
  public AttentionSpec.Shape shape() {
    return AttentionSpec.Shape.of(heads, kvHeads, headDim);
  }

  /** Query heads that share one KV head. */
  public int group() {
    return heads / kvHeads;
  }

  /** KV heads of all layers. */
  public int allKvHeads() {
    return layers * kvHeads;
  }

  /** Query heads of all layers. */
  public int allHeads() {
    return layers * heads;
  }

  /**
   * What is inconsistent in these numbers, or null: a sentence part such as "'heads' is 9, not a
   * multiple of kvHeads 4".
   */
  String problem() {
    if (layers < 1 || hidden < 1 || heads < 1 || kvHeads < 1 || feedForward < 1 || vocab < 1) {
      return "layers "
          + layers
          + ", hidden "
          + hidden
          + ", heads "
          + heads
          + ", KV heads "
          + kvHeads
          + ", feed-forward "
          + feedForward
          + ", vocabulary "
          + vocab
          + ": each must be at least 1";
    }
    if (heads % kvHeads != 0) {
      return "heads is " + heads + ", not a multiple of the KV heads, " + kvHeads;
    }
    if (headDim < 2 || headDim % 2 != 0 || headDim > 1024) {
      return "the head size is " + headDim + "; expected an even number up to 1024";
    }
    if (context < 1) {
      return "the context is " + context + "; expected at least 1";
    }
    return null;
  }
}
