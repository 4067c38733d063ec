package org.emslens.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.emslens.format.BadFileException;

/** Typed access to a folder's config.json, with errors that name the field. */
public final class HfFields {
  /**
   * What concerns training, the program that wrote it, how tokens are drawn, or what the tokenizer
   * is asked for.
   */
  private static final Set<String> HARMLESS =
      Set.of(
          "_attn_implementation",
          "_attn_implementation_autoset",
          "_flash_attn_2_enabled",
          "_name_or_path",
          "_num_labels",
          "add_cross_attention",
          "architectures",
          "attention_dropout",
          "attn_implementation",
          "attn_pdrop",
          "auto_map",
          "bad_words_ids",
          "begin_suppress_tokens",
          "bos_token",
          "bos_token_id",
          "cache_implementation",
          "chunk_size_feed_forward",
          "classifier_dropout",
          "cross_attention_hidden_size",
          "decoder_start_token_id",
          "diversity_penalty",
          "do_sample",
          "dtype",
          "early_stopping",
          "embd_pdrop",
          "encoder_no_repeat_ngram_size",
          "eos_token",
          "eos_token_id",
          "exponential_decay_length_penalty",
          "finetuning_task",
          "forced_bos_token_id",
          "forced_eos_token_id",
          "gradient_checkpointing",
          "hidden_dropout",
          "id2label",
          "initializer_range",
          "is_decoder",
          "label2id",
          "length_penalty",
          "max_length",
          "max_sequence_length",
          "min_length",
          "model_max_length",
          "model_type",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_labels",
          "num_return_sequences",
          "output_attentions",
          "output_hidden_states",
          "output_past",
          "output_router_logits",
          "output_scores",
          "pad_token_id",
          "prefix",
          "pretraining_tp",
          "problem_type",
          "remove_invalid_values",
          "repetition_penalty",
          "resid_pdrop",
          "return_dict",
          "return_dict_in_generate",
          "router_aux_loss_coef",
          "router_jitter_noise",
          "sep_token_id",
          "suppress_tokens",
          "task_specific_params",
          "temperature",
          "tf_legacy_loss",
          "tie_encoder_decoder",
          "tokenizer_class",
          "top_k",
          "top_p",
          "torch_dtype",
          "torchscript",
          "transformers.js_config",
          "transformers_version",
          "typical_p",
          "unpadded_vocab_size",
          "unsloth_fixed",
          "unsloth_version",
          "use_bfloat16",
          "use_cache",
          "use_flash_attention",
          "use_flash_attn");

  private final Path file;
  private final JsonNode json;
  private final Set<String> used = new HashSet<>();

  HfFields(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  public Path file() {
    return file;
  }

  /** A field as it is, missing ones included. */
  public JsonNode get(String field) {
    used.add(field);
    return json.path(field);
  }

  public boolean has(String field) {
    return json.hasNonNull(field);
  }

  public int integer(String field) throws BadFileException {
    JsonNode n = get(field);
    if (!n.isIntegralNumber() || !n.canConvertToInt() || n.asInt() < 0) {
      throw new BadFileException(
          file,
          "'"
              + field
              + "' is "
              + (n.isMissingNode() ? "missing" : n.toString())
              + "; expected a whole number from 0.");
    }
    return n.asInt();
  }

  public int integerOr(String field, int otherwise) throws BadFileException {
    used.add(field);
    return has(field) ? integer(field) : otherwise;
  }

  public double numberOr(String field, double otherwise) throws BadFileException {
    JsonNode n = get(field);
    if (n.isMissingNode() || n.isNull()) {
      return otherwise;
    }
    if (!n.isNumber()) {
      throw new BadFileException(file, "'" + field + "' is " + n + "; expected a number.");
    }
    return n.asDouble();
  }

  public double number(String field) throws BadFileException {
    double found = numberOr(field, Double.NaN);
    if (Double.isNaN(found)) {
      throw new BadFileException(file, "'" + field + "' is missing; expected a number.");
    }
    return found;
  }

  public String textOr(String field, String otherwise) {
    return get(field).asText(otherwise);
  }

  public boolean flag(String field) {
    return get(field).asBoolean();
  }

  /** Refuses any other text than the one that this program does, where the field is there. */
  public void demand(String field, String only) throws BadFileException {
    String found = textOr(field, only);
    refuse(!found.equals(only), "'" + field + "' is '" + found + "'");
  }

  /** Refuses what this program does not do. */
  public void refuse(boolean unsupported, String what) throws BadFileException {
    if (unsupported) {
      throw new BadFileException(file, what + ", which is not supported.");
    }
  }

  /**
   * Refuses fields of an object within this one, but for these, unless they switch nothing on.
   *
   * @param object what it is called
   */
  public void refuseOthers(String object, JsonNode fields, Set<String> known)
      throws BadFileException {
    for (Map.Entry<String, JsonNode> e : fields.properties()) {
      if (!isOff(e.getValue()) && !known.contains(e.getKey())) {
        throw new BadFileException(
            file,
            "'"
                + object
                + "' has '"
                + e.getKey()
                + "', which is "
                + e.getValue()
                + "; what it changes is not known here.");
      }
    }
  }

  private static boolean isOff(JsonNode n) {
    return n.isNull()
        || n.isBoolean() && !n.asBoolean()
        || n.isNumber() && n.asDouble() == 0
        || n.isContainerNode() && n.isEmpty()
        || n.isTextual() && n.asText().isEmpty();
  }

  /**
   * Refuses fields that nobody asked for, unless they switch nothing on: null, false, 0 and empty
   * ones do not.
   *
   * @param harmless fields that change nothing in this family, besides those that do in none
   */
  public void refuseOthers(String... harmless) throws BadFileException {
    for (Map.Entry<String, JsonNode> e : json.properties()) {
      JsonNode n = e.getValue();
      boolean known = used.contains(e.getKey()) || HARMLESS.contains(e.getKey());
      if (!isOff(n) && !known && !List.of(harmless).contains(e.getKey())) {
        throw new BadFileException(
            file, "'" + e.getKey() + "' is " + n + "; what it changes is not known here.");
      }
    }
  }
}
