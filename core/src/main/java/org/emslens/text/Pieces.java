package org.emslens.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The vocabulary as bytes: what each token id stands for. */
final class Pieces {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");
  private static final int[] BYTE_OF_CHAR = byteOfChar();

  private final byte[][] bytes;

  private Pieces(byte[][] bytes) {
    this.bytes = bytes;
  }

  /**
   * Pieces written with GPT-2's byte alphabet, where every byte is one printable character. Special
   * ones are literal.
   */
  static Pieces byteLevel(String[] vocabulary, boolean[] literal) {
    byte[][] bytes = new byte[vocabulary.length][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = literal[i] ? utf8(vocabulary[i]) : fromByteAlphabet(vocabulary[i]);
    }
    return new Pieces(bytes);
  }

  /** Pieces of SentencePiece, where ▁ is a space and &lt;0xE4&gt; a byte. */
  static Pieces sentencePiece(String[] vocabulary, boolean[] literal) {
    byte[][] bytes = new byte[vocabulary.length][];
    for (int i = 0; i < bytes.length; i++) {
      Matcher m = BYTE.matcher(vocabulary[i] == null ? "" : vocabulary[i]);
      if (m.matches()) {
        bytes[i] = new byte[] {(byte) Integer.parseInt(m.group(1), 16)};
      } else {
        bytes[i] = utf8(literal[i] ? vocabulary[i] : spaced(vocabulary[i]));
      }
    }
    return new Pieces(bytes);
  }

  /** Null stands for a row of the embedding that no token has. */
  private static String spaced(String piece) {
    return piece == null ? null : piece.replace('▁', ' ');
  }

  int size() {
    return bytes.length;
  }

  String decode(int[] ids) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int id : ids) {
      all.writeBytes(id < bytes.length ? bytes[id] : new byte[0]);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  String text(int id) {
    if (id < 0 || id >= bytes.length) {
      return "<" + id + ">";
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes[id])).toString();
    } catch (CharacterCodingException e) {
      StringBuilder out = new StringBuilder();
      for (byte b : bytes[id]) {
        out.append(
            b >= 32 && b < 127
                ? String.valueOf((char) b)
                : String.format(Locale.ROOT, "<0x%02X>", b));
      }
      return out.toString();
    }
  }

  private static byte[] utf8(String s) {
    return s == null ? new byte[0] : s.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] fromByteAlphabet(String piece) {
    if (piece == null) {
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length());
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      if (c < BYTE_OF_CHAR.length && BYTE_OF_CHAR[c] >= 0) {
        out.write(BYTE_OF_CHAR[c]);
      } else {
        out.writeBytes(utf8(String.valueOf(c)));
      }
    }
    return out.toByteArray();
  }

  /**
   * GPT-2's alphabet: printable Latin-1 characters stand for themselves, the other bytes for U+0100
   * onwards, in order.
   */
  private static int[] byteOfChar() {
    int[] map = new int[512];
    Arrays.fill(map, -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      map[printable ? b : next++] = b;
    }
    return map;
  }
}
