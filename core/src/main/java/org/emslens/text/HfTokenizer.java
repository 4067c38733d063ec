package org.emslens.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.format.TextFiles;

/** The tokenizer of a Hugging Face folder. */
public final class HfTokenizer {
  private HfTokenizer() {}

  /**
   * Reads tokenizer.json, and from tokenizer_config.json, if there, the special tokens.
   *
   * @param config the model's config.json, which may name further end-of-turn ids
   */
  public static Tokenizer open(Path folder, JsonNode config, int vocab) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    JsonNode json = Json.read(file);
    JsonNode extra = optional(folder.resolve("tokenizer_config.json"));
    JsonNode model = json.path("model");
    JsonNode entries = model.path("vocab");
    String type = model.path("type").asText("BPE");
    if (!type.equals("BPE") && !type.equals("Unigram") || !entries.isContainerNode()) {
      throw new BadFileException(
          file,
          "'model' is of type '"
              + type
              + "'"
              + (entries.isContainerNode() ? "" : " without a 'vocab'")
              + "; supported are BPE and Unigram.");
    }
    String[] tokens = new String[vocab];
    boolean[] literal = new boolean[vocab];
    Map<String, Integer> ids = new HashMap<>();
    if (entries.isArray()) {
      // A piece and its score each.
      for (int i = 0; i < entries.size(); i++) {
        put(file, tokens, ids, entries.get(i).path(0).asText(), i);
      }
    }
    for (Map.Entry<String, JsonNode> e : entries.properties()) {
      put(file, tokens, ids, e.getKey(), e.getValue().asInt(-1));
    }
    for (JsonNode added : json.path("added_tokens")) {
      int id = added.path("id").asInt(-1);
      put(file, tokens, ids, added.path("content").asText(), id);
      literal[id] = true;
    }
    boolean byteLevel = json.path("pre_tokenizer").toString().contains("ByteLevel");
    Pieces pieces =
        byteLevel ? Pieces.byteLevel(tokens, literal) : Pieces.sentencePiece(tokens, literal);
    Map<String, String> named = new HashMap<>();
    for (String name : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
      JsonNode n = extra.path(name);
      String text = n.isObject() ? n.path("content").asText("") : n.asText("");
      if (!text.isEmpty() && !n.isNull()) {
        named.put(name, text);
      }
    }
    Set<Integer> stops = new LinkedHashSet<>();
    for (JsonNode from : List.of(config, optional(folder.resolve("generation_config.json")))) {
      JsonNode eos = from.path("eos_token_id");
      (eos.isArray() ? eos : Json.MAPPER.createArrayNode().add(eos))
          .forEach(n -> stops.add(n.asInt(-1)));
    }
    stops.add(ids.getOrDefault(named.getOrDefault("eos_token", ""), -1));
    for (String name : EndOfTurn.NAMES) {
      stops.add(ids.getOrDefault(name, -1));
    }
    String begin = named.getOrDefault("bos_token", "");
    int bos = ids.getOrDefault(begin, -1);
    boolean adds = extra.path("add_bos_token").asBoolean(begins(json, begin));
    return new Tokenizer(Files.readAllBytes(file), pieces, adds ? bos : -1, stops, named);
  }

  /** Whether a tokenizer's own template for one text begins with this token. */
  private static boolean begins(JsonNode tokenizer, String token) {
    return tokenizer.path("post_processor").findValues("single").stream()
        .anyMatch(t -> t.path(0).path("SpecialToken").path("id").asText().equals(token));
  }

  /**
   * The chat template of the folder, or null: a file of its own, as text or in JSON, or a field of
   * tokenizer_config.json, where there may be several by name.
   */
  public static String chatTemplate(Path folder) throws IOException {
    Path own = folder.resolve("chat_template.jinja");
    if (Files.isRegularFile(own)) {
      return TextFiles.read(own);
    }
    for (String file : List.of("chat_template.json", "tokenizer_config.json")) {
      JsonNode n = optional(folder.resolve(file)).path("chat_template");
      if (n.isTextual()) {
        return n.asText();
      }
      for (JsonNode named : n) {
        if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
          return named.path("template").asText();
        }
      }
    }
    return null;
  }

  private static JsonNode optional(Path file) throws IOException {
    return Files.exists(file) ? Json.read(file) : Json.MAPPER.createObjectNode();
  }

  private static void put(Path file, String[] tokens, Map<String, Integer> ids, String text, int id)
      throws BadFileException {
    if (id < 0 || id >= tokens.length) {
      throw new BadFileException(
          file,
          "token '"
              + text
              + "' has id "
              + id
              + "; the model's vocabulary has "
              + tokens.length
              + ".");
    }
    tokens[id] = text;
    ids.put(text, id);
  }
}
