package org.emslens.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.format.Renamed;
import org.emslens.format.TensorSource;

/**
 * The language model in the folder of one that also sees: its config.json stands in `text_config`,
 * where what transformers presumes is left out, and its tensors stand beside those of the eye,
 * which are not read.
 *
 * @param architecture under which the same model without an eye is known
 * @param type `model_type` of its language model; others go under the same name
 * @param presumed fields that published folders leave out of `text_config`, as JSON
 */
record TextPart(String architecture, String type, String presumed) {
  private static final Map<String, TextPart> KNOWN =
      Map.of(
          "Gemma3ForConditionalGeneration",
          new TextPart(
              "Gemma3ForCausalLM",
              "gemma3_text",
              """
              {"vocab_size": 262208, "num_attention_heads": 8, "num_key_value_heads": 4,
               "head_dim": 256, "hidden_size": 2304, "intermediate_size": 9216,
               "num_hidden_layers": 26, "hidden_activation": "gelu_pytorch_tanh",
               "max_position_embeddings": 131072, "rms_norm_eps": 1e-6,
               "query_pre_attn_scalar": 256, "sliding_window": 4096,
               "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0}
              """),
          "Mistral3ForConditionalGeneration",
          new TextPart("MistralForCausalLM", "mistral", "{}"));

  /** Older folders name the part first, newer ones the model. */
  private static final List<String> PREFIXES =
      List.of("language_model.model.", "model.language_model.");

  private static final String HEAD = "language_model.lm_head.";

  private static final List<String> EYE =
      List.of(
          "vision_tower.",
          "multi_modal_projector.",
          "model.vision_tower.",
          "model.multi_modal_projector.");

  /** That of a model that sees, or null for others. */
  static TextPart of(String architecture) {
    return KNOWN.get(architecture);
  }

  /** Architectures that have one, for messages. */
  static List<String> names() {
    return KNOWN.keySet().stream().sorted().toList();
  }

  /** The fields of the language model alone. */
  JsonNode config(Path file, JsonNode whole) throws BadFileException {
    JsonNode own = whole.path("text_config");
    if (!own.isObject()) {
      throw new BadFileException(file, "'text_config' is missing; expected the language model's.");
    }
    String found = own.path("model_type").asText("(none)");
    if (!found.equals(type)) {
      throw new BadFileException(
          file, "'text_config.model_type' is '" + found + "'; supported is '" + type + "'.");
    }
    ObjectNode all = presumedFields();
    if (own.has("rope_parameters")) {
      // Which say both.
      all.remove(List.of("rope_theta", "rope_local_base_freq"));
    }
    own.properties().forEach(e -> all.set(e.getKey(), e.getValue()));
    // It is said of the whole and of the part, which do not always agree: then the tensors tell.
    if (whole.path("tie_word_embeddings").asBoolean(true)
        || own.path("tie_word_embeddings").asBoolean(true)) {
      all.remove("tie_word_embeddings");
    }
    return all;
  }

  private ObjectNode presumedFields() {
    try {
      return (ObjectNode) Json.MAPPER.readTree(presumed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The tensors of the language model alone, under the names that they have there. */
  TensorSource tensors(TensorSource whole) throws BadFileException {
    return new Renamed(whole, TextPart::name);
  }

  private static String name(String stored) {
    if (EYE.stream().anyMatch(stored::startsWith)) {
      return null;
    }
    if (stored.startsWith(HEAD)) {
      return "lm_head." + stored.substring(HEAD.length());
    }
    for (String prefix : PREFIXES) {
      if (stored.startsWith(prefix)) {
        return "model." + stored.substring(prefix.length());
      }
    }
    return stored;
  }
}
