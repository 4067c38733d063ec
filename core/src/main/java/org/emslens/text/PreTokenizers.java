package org.emslens.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.emslens.format.Json;

/**
 * How byte-level vocabularies split a text before they merge, by the names that llama.cpp has for
 * it in `tokenizer.ggml.pre`.
 */
final class PreTokenizers {
  private static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN2 = LLAMA3.replace("{1,3}", "");
  private static final String TEKKEN =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** Contractions end a word here, rather than stand alone. */
  private static final String GPT4O =
      TEKKEN
          .replace("\\p{M}]+|", "\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|")
          .replace("\\p{M}]*|", "\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|")
          .replace("|\\p{N}|", "|\\p{N}{1,3}|");

  /**
   * @param digits whether each digit stands alone
   * @param regex what is split by, or null for GPT-2's own
   * @param composed whether the text is put in Unicode's composed form before
   * @param wholeWords whether what is a token as a whole is never merged together
   */
  private record Kind(boolean digits, String regex, boolean composed, boolean wholeWords) {}

  private static final Kind GPT2 = new Kind(false, null, false, false);
  private static final Kind DIGITS = new Kind(true, null, false, false);
  private static final Kind LLAMA = new Kind(false, LLAMA3, false, true);

  private static final Map<String, Kind> KINDS = new TreeMap<>();

  static {
    KINDS.put("default", GPT2);
    KINDS.put("gpt-2", GPT2);
    KINDS.put("gpt-neox", new Kind(false, null, true, false));
    KINDS.put("olmo", new Kind(false, null, true, false));
    KINDS.put("smollm", DIGITS);
    KINDS.put("refact", DIGITS);
    KINDS.put("starcoder", DIGITS);
    KINDS.put("llama-bpe", LLAMA);
    KINDS.put("llama3", LLAMA);
    KINDS.put("llama-v3", LLAMA);
    KINDS.put("dbrx", new Kind(false, LLAMA3, false, false));
    KINDS.put("smaug-bpe", new Kind(false, LLAMA3, false, false));
    KINDS.put("gpt-4o", new Kind(false, GPT4O, false, false));
    KINDS.put("qwen2", new Kind(false, QWEN2, true, false));
    KINDS.put("deepseek-r1-qwen", new Kind(false, QWEN2, true, false));
    KINDS.put("tekken", new Kind(false, TEKKEN, false, true));
  }

  private PreTokenizers() {}

  /** For messages. */
  static String names() {
    return String.join(", ", KINDS.keySet());
  }

  static boolean has(String name) {
    return KINDS.containsKey(name);
  }

  /** Whether what is a token as a whole is never merged together. */
  static boolean takesWholeWords(String name) {
    return KINDS.get(name).wholeWords;
  }

  /** Writes what is done to a text before it is merged into a `tokenizer.json`. */
  static void fill(ObjectNode json, String name) {
    Kind kind = KINDS.get(name);
    if (kind.composed) {
      json.putObject("normalizer").put("type", "NFC");
    }
    ObjectNode sequence = json.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    if (kind.digits) {
      steps.addObject().put("type", "Digits").put("individual_digits", true);
    }
    if (kind.regex != null) {
      steps
          .addObject()
          .put("type", "Split")
          .put("behavior", "Isolated")
          .put("invert", false)
          .putObject("pattern")
          .put("Regex", kind.regex);
    }
    steps.add(byteLevel(kind.regex == null));
  }

  /** The step that turns bytes into characters, and as a decoder back. */
  static ObjectNode byteLevel(boolean regex) {
    return Json.MAPPER
        .createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", regex);
  }
}
