package org.emslens.model.assembly;

import org.emslens.format.BadFileException;
import org.emslens.model.GgufFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.Tensors;

/** A model's sizes from a GGUF file's metadata. */
public final class GgufSizes {
  private GgufSizes() {}

  /**
   * @throws BadFileException naming a key that is missing or wrong
   */
  public static ModelConfig of(GgufFields f, Tensors tensors) throws BadFileException {
    int hidden = f.integer(f.key("embedding_length"));
    int heads = f.integer(f.key("attention.head_count"));
    int headDim = f.integerOr(f.key("attention.key_length"), hidden / Math.max(1, heads));
    f.demand(f.key("attention.value_length"), headDim);
    ModelConfig config =
        new ModelConfig(
            f.architecture(),
            f.integer(f.key("block_count")),
            hidden,
            heads,
            f.integerOr(f.key("attention.head_count_kv"), heads),
            headDim,
            f.integer(f.key("feed_forward_length")),
            f.vocabulary(),
            f.integer(f.key("context_length")),
            !tensors.has(TensorNames.GGUF.output() + ".weight"),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    // Other fields have an entry for each layer.
    tensors.check(config);
    return config;
  }
}
