package org.emslens.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.format.Gguf;
import org.emslens.format.Json;

/** Builds a `tokenizer.json` from a GGUF file's metadata. */
public final class GgufTokenizer {
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  private final Gguf file;
  private final Map<String, Object> metadata;

  private GgufTokenizer(Gguf file) {
    this.file = file;
    this.metadata = file.metadata();
  }

  /** The tokenizer of this file, whose vocabulary must have this size. */
  public static Tokenizer build(Gguf file, int vocab) throws IOException {
    return new GgufTokenizer(file).build(vocab);
  }

  private Tokenizer build(int vocab) throws IOException {
    String[] tokens = texts("tokenizer.ggml.tokens");
    if (tokens.length != vocab) {
      throw new BadFileException(
          file.path(),
          "'tokenizer.ggml.tokens' has "
              + tokens.length
              + " entries; the embedding has "
              + vocab
              + " rows.");
    }
    boolean[] special = special(tokens.length);
    Object kind = metadata.get("tokenizer.ggml.model");
    ObjectNode json = Json.MAPPER.createObjectNode().put("version", "1.0");
    addedTokens(json.putArray("added_tokens"), tokens, special);
    Pieces pieces;
    if ("gpt2".equals(kind)) {
      byteLevel(json, tokens);
      pieces = Pieces.byteLevel(tokens, special);
    } else if ("llama".equals(kind)) {
      new SentencePieceJson(
              tokens, scores(tokens.length), flag("tokenizer.ggml.add_space_prefix", true))
          .fill(json);
      pieces = Pieces.sentencePiece(tokens, special);
    } else {
      throw new BadFileException(
          file.path(),
          "'tokenizer.ggml.model' is '" + kind + "'; supported are 'gpt2' and 'llama'.");
    }
    int bos = id("tokenizer.ggml.bos_token_id");
    boolean addBos = flag("tokenizer.ggml.add_bos_token", "llama".equals(kind));
    return new Tokenizer(
        Json.MAPPER.writeValueAsBytes(json),
        pieces,
        addBos ? bos : -1,
        stops(tokens),
        named(tokens));
  }

  /** Byte-level BPE with the pre-tokenizer that the file names. */
  private void byteLevel(ObjectNode json, String[] tokens) throws BadFileException {
    String pre = String.valueOf(metadata.getOrDefault("tokenizer.ggml.pre", "gpt-2"));
    if (!PreTokenizers.has(pre)) {
      throw new BadFileException(
          file.path(),
          "'tokenizer.ggml.pre' is '" + pre + "'; supported are " + PreTokenizers.names() + ".");
    }
    PreTokenizers.fill(json, pre);
    json.set("decoder", PreTokenizers.byteLevel(true));
    ObjectNode model =
        json.putObject("model")
            .put("type", "BPE")
            .put("ignore_merges", PreTokenizers.takesWholeWords(pre));
    ObjectNode vocabulary = model.putObject("vocab");
    for (int i = 0; i < tokens.length; i++) {
      vocabulary.put(tokens[i], i);
    }
    ArrayNode merges = model.putArray("merges");
    for (String merge : texts("tokenizer.ggml.merges")) {
      int space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw new BadFileException(
            file.path(), "'tokenizer.ggml.merges' holds '" + merge + "'; expected two pieces.");
      }
      merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
    }
  }

  private static void addedTokens(ArrayNode added, String[] tokens, boolean[] special) {
    for (int i = 0; i < tokens.length; i++) {
      if (special[i]) {
        added
            .addObject()
            .put("id", i)
            .put("content", tokens[i])
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", true);
      }
    }
  }

  /** End of sequence, end of turn, and the names that chat models end their turns with. */
  private Set<Integer> stops(String[] tokens) throws BadFileException {
    Set<Integer> stops = new LinkedHashSet<>();
    for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
      int id = id("tokenizer.ggml." + key);
      if (id >= 0) {
        stops.add(id);
      }
    }
    for (int i = 0; i < tokens.length; i++) {
      if (EndOfTurn.NAMES.contains(tokens[i])) {
        stops.add(i);
      }
    }
    return stops;
  }

  private Map<String, String> named(String[] tokens) throws BadFileException {
    Map<String, String> named = new HashMap<>();
    Map<String, String> keys =
        Map.of(
            "bos_token",
            "bos_token_id",
            "eos_token",
            "eos_token_id",
            "unk_token",
            "unknown_token_id",
            "pad_token",
            "padding_token_id");
    for (Map.Entry<String, String> e : keys.entrySet()) {
      int id = id("tokenizer.ggml." + e.getValue());
      if (id >= 0 && id < tokens.length) {
        named.put(e.getKey(), tokens[id]);
      }
    }
    return named;
  }

  private String[] texts(String key) throws BadFileException {
    if (!(metadata.get(key) instanceof List<?> list)) {
      throw new BadFileException(file.path(), "metadata '" + key + "' is missing or not a list.");
    }
    String[] texts = new String[list.size()];
    for (int i = 0; i < texts.length; i++) {
      if (!(list.get(i) instanceof String s)) {
        throw new BadFileException(
            file.path(),
            "metadata '" + key + "' holds " + list.get(i) + " at " + i + "; expected a text.");
      }
      texts[i] = s;
    }
    return texts;
  }

  private float[] scores(int n) throws BadFileException {
    float[] scores = new float[n];
    if (metadata.get("tokenizer.ggml.scores") instanceof List<?> list && list.size() == n) {
      for (int i = 0; i < n; i++) {
        scores[i] = list.get(i) instanceof Number x ? x.floatValue() : 0;
      }
      return scores;
    }
    throw new BadFileException(
        file.path(), "metadata 'tokenizer.ggml.scores' is missing or has not " + n + " entries.");
  }

  private boolean[] special(int n) {
    boolean[] special = new boolean[n];
    if (metadata.get("tokenizer.ggml.token_type") instanceof List<?> list) {
      for (int i = 0; i < Math.min(n, list.size()); i++) {
        special[i] = list.get(i) instanceof Long t && (t == CONTROL || t == USER_DEFINED);
      }
    }
    return special;
  }

  private int id(String key) throws BadFileException {
    Object value = metadata.get(key);
    if (value == null) {
      return -1;
    }
    if (value instanceof Long n && n >= 0 && n < Integer.MAX_VALUE) {
      return n.intValue();
    }
    throw new BadFileException(
        file.path(), "metadata '" + key + "' is '" + value + "'; expected a token id.");
  }

  private boolean flag(String key, boolean otherwise) {
    return metadata.get(key) instanceof Boolean b ? b : otherwise;
  }
}
