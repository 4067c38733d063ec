package org.emslens.model;

import java.util.List;
import org.emslens.format.TensorInfo;

/**
 * A decoder as data: what a forward pass walks, and which tensor is which. A family of models is
 * one file that fills this.
 *
 * @param embedding a token's first activation, row by row [vocab, hidden]
 * @param layers first to last
 * @param finalNorm before the output projection
 * @param output activations to logits [vocab, hidden]; the embedding where they are tied
 */
public record ModelSpec(
    TensorInfo embedding, List<LayerSpec> layers, NormSpec finalNorm, LinearSpec output) {

  public ModelSpec {
    layers = List.copyOf(layers);
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
