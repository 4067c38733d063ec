package org.emslens.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Text to tokens and back, by Hugging Face's own library; pieces and offsets are kept readable
 * here. May be used by several threads.
 */
public final class Tokenizer implements AutoCloseable {
  static {
    // The library would tell its makers who uses it, where a machine is one of Amazon's.
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final HuggingFaceTokenizer library;
  private final Pieces pieces;
  private final int bos;
  private final Set<Integer> stops;
  private final Map<String, String> named;
  private boolean closed;

  /**
   * @param json a `tokenizer.json`
   * @param bos id put before plain prompts, or -1
   * @param stops ids that end a turn
   * @param named texts of `bos_token`, `eos_token`, `unk_token` and `pad_token`, for templates
   */
  Tokenizer(byte[] json, Pieces pieces, int bos, Set<Integer> stops, Map<String, String> named)
      throws IOException {
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try {
      this.library = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
    } catch (RuntimeException e) {
      throw new IOException("The tokenizer cannot be built: " + e.getMessage(), e);
    }
    this.pieces = pieces;
    this.bos = bos;
    this.stops = Set.copyOf(stops);
    this.named = Map.copyOf(named);
  }

  /**
   * Tokens of a text, special tokens recognised where they are written out; none is added.
   *
   * @throws IllegalStateException where this was closed
   */
  public List<Token> encode(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    Encoding encoding = encoding(text);
    long[] ids = encoding.getIds();
    CharSpan[] spans = encoding.getCharTokenSpans();
    int[] units = unitsOfCodePoints(text);
    List<Token> tokens = new ArrayList<>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      int start = spans[i] == null ? -1 : units[Math.min(spans[i].getStart(), units.length - 1)];
      int end = spans[i] == null ? -1 : units[Math.min(spans[i].getEnd(), units.length - 1)];
      tokens.add(new Token((int) ids[i], pieces.text((int) ids[i]), start, end));
    }
    return tokens;
  }

  /** The library frees its memory when it is closed, which must not happen meanwhile. */
  private synchronized Encoding encoding(String text) {
    if (closed) {
      throw new IllegalStateException("The tokenizer is closed.");
    }
    try {
      return library.encode(text, false, false);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "The model's tokenizer cannot divide this text: " + e.getMessage(), e);
    }
  }

  /**
   * As {@link #encode}, with the begin-of-text token in front where the model wants one. What some
   * tokenizers put at a text's end is left away: a prompt is there to be gone on with.
   */
  public List<Token> encodePrompt(String text) {
    List<Token> tokens = new ArrayList<>();
    if (bos >= 0) {
      tokens.add(new Token(bos, pieces.text(bos), -1, -1));
    }
    tokens.addAll(encode(text));
    return tokens;
  }

  public static int[] ids(List<Token> tokens) {
    return tokens.stream().mapToInt(Token::id).toArray();
  }

  /**
   * The text that these tokens stand for, special tokens written out; unfinished characters come
   * out as U+FFFD.
   */
  public String decode(int[] ids) {
    return pieces.decode(ids);
  }

  /** What one token stands for; see {@link Token#text}. */
  public String piece(int id) {
    return pieces.text(id);
  }

  /** Whether this token is put before prompts. */
  public boolean begins(int id) {
    return bos >= 0 && id == bos;
  }

  /** Whether generation ends with this token. */
  public boolean stops(int id) {
    return stops.contains(id);
  }

  /** Texts of the special tokens by their names in templates, such as `bos_token`. */
  Map<String, String> named() {
    return named;
  }

  public int size() {
    return pieces.size();
  }

  /** See {@link Token#shown}. */
  public static String shown(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case ' ' -> out.append('·');
                case '\n' -> out.append('⏎');
                case '\t' -> out.append('⇥');
                default -> {
                  if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                    out.append(String.format(Locale.ROOT, "<0x%02X>", c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.toString();
  }

  /** UTF-16 index of every code point, and of the end: the library counts code points. */
  private static int[] unitsOfCodePoints(String text) {
    int n = text.codePointCount(0, text.length());
    int[] units = new int[n + 1];
    for (int i = 0, at = 0; i < n; i++) {
      units[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    units[n] = text.length();
    return units;
  }

  @Override
  public synchronized void close() {
    closed = true;
    library.close();
  }
}
