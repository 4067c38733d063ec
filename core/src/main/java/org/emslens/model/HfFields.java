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
  /** What concerns training, the program that wrote it, or what the tokenizer is asked for. */
  private static final Set<String> HARMLESS =
      Set.of(
          "_name_or_path",
          "architectures",
          "attention_dropout",
          "attn_pdrop",
          "auto_map",
          "bos_token_id",
          "cache_implementation",
          "classifier_dropout",
          "dtype",
          "embd_pdrop",
          "eos_token_id",
          "hidden_dropout",
          "initializer_range",
          "model_type",
          "pad_token_id",
          "pretraining_tp",
          "resid_pdrop",
          "router_aux_loss_coef",
          "router_jitter_noise",
          "torch_dtype",
          "transformers.js_config",
          "transformers_version",
          "unsloth_fixed",
          "unsloth_version",
          "use_cache");

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
              + "; expected a whole number.");
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
