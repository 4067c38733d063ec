package org.emslens.text;

/**
 * A token found in a text.
 *
 * @param text what it stands for; bytes that are not whole characters as `&lt;0xE4&gt;`
 * @param start first UTF-16 unit of the text it covers, or -1 for a token that was not in the text
 * @param end after the last
 */
public record Token(int id, String text, int start, int end) {

  /**
   * The text as shown in the window: a leading space as ·, line breaks as ⏎, tabs as ⇥, other
   * controls by number.
   */
  public String shown() {
    return Tokenizer.shown(text);
  }
}
