package org.emslens.model;

import java.util.List;
import org.emslens.format.TensorInfo;

/**
 * A decoder as data: what a forward pass walks, and which tensor is which. A family of models is
 * one file that fills this.
 *
 * @param embedding a token's first activation, row by row [vocab, hidden]
 * @param embeddingScale what that is multiplied by
 * @param positions added for the token's position, row by row [context, hidden], or null
 * @param layers first to last
 * @param finalNorm before the output projection
 * @param output activations to logits [vocab, hidden]; the embedding where they are tied
 * @param logitScale what logits are multiplied by
 * @param logitSoftCap they then become logitSoftCap * tanh(x / logitSoftCap); 0 for as they are
 */
public record ModelSpec(
    TensorInfo embedding,
    float embeddingScale,
    TensorInfo positions,
    List<LayerSpec> layers,
    NormSpec finalNorm,
    LinearSpec output,
    float logitScale,
    float logitSoftCap) {

  public ModelSpec {
    layers = List.copyOf(layers);
  }

  /** Embeddings and logits as they are; positions by RoPE. */
  public ModelSpec(
      TensorInfo embedding, List<LayerSpec> layers, NormSpec finalNorm, LinearSpec output) {
    this(embedding, 1, null, layers, finalNorm, output, 1, 0);
  }

  public int hidden() {
    return output.in();
  }

  public int vocab() {
    return output.out();
  }

  /** What of each layer's attention concerns keys and values, first to last. */
  public List<AttentionSpec.Shape> attention() {
    return layers.stream().map(l -> l.attention().shape()).toList();
  }
}
