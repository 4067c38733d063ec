package org.emslens.model.assembly;

import org.emslens.format.BadFileException;
import org.emslens.model.HfFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.Tensors;

/** A model's sizes under the names that most folders' config.json has for them. */
public final class HfSizes {
  private HfSizes() {}

  /**
   * @throws BadFileException naming a field that is missing or wrong
   */
  public static ModelConfig of(HfFields f, Tensors tensors) throws BadFileException {
    int hidden = f.integer("hidden_size");
    int heads = f.integer("num_attention_heads");
    ModelConfig config =
        new ModelConfig(
            f.textOr("model_type", "(none)"),
            f.integer("num_hidden_layers"),
            hidden,
            heads,
            f.integerOr("num_key_value_heads", heads),
            f.integerOr("head_dim", hidden / Math.max(1, heads)),
            f.integer("intermediate_size"),
            f.integer("vocab_size"),
            f.integer("max_position_embeddings"),
            tied(f, tensors, TensorNames.FOLDER.output()),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    // Other fields have an entry for each layer.
    tensors.check(config);
    return config;
  }

  /** Where a folder does not say whether it has an output projection of its own, it is looked. */
  public static boolean tied(HfFields f, Tensors tensors, String output) {
    return f.has("tie_word_embeddings")
        ? f.flag("tie_word_embeddings")
        : !tensors.has(output + ".weight");
  }
}
