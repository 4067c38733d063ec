package org.emslens.app.controls;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextArea;
import javafx.scene.text.Text;

/**
 * Lines of writing that JavaFX shapes as a whole: Hebrew, Arabic, Devanagari, Thai and their like,
 * and letters or emoji that are joined from several characters. On Linux, JavaFX up to 26 breaks a
 * run of these wrongly: it throws where the run goes from right to left, which ends the layout of
 * the whole window, and draws it twice where it does not. What is one word is never broken, so
 * words are laid out one by one, or else the text stays in one line.
 */
public final class Wrapping {
  /** No word that is written is longer; what is longer is cut rather than broken by JavaFX. */
  private static final int LONGEST_WORD = 16;

  private Wrapping() {}

  /** Whether JavaFX can break the text into lines. */
  public static boolean breaks(String text) {
    return text == null || text.chars().noneMatch(Wrapping::isShaped);
  }

  private static boolean isShaped(int c) {
    return c >= 0x300 && c < 0x370
        || c >= 0x590 && c < 0x10a0
        || c >= 0x1100 && c < 0x1200
        || c >= 0x13a0 && c < 0x1400
        || c >= 0x1780 && c < 0x18b0
        || c >= 0x1c50 && c < 0x1c80
        || c >= 0x200c && c < 0x2070 && Character.getType(c) == Character.FORMAT
        || c >= 0xfb1d && c < 0xfe00
        || c >= 0xfe70 && c < 0xff00
        || c >= 0xd802 && c < 0xd83c && Character.isHighSurrogate((char) c);
  }

  /** A label wraps as long as what it says can be wrapped. */
  public static void wrap(Labeled label) {
    label.wrapTextProperty().bind(label.textProperty().map(Wrapping::breaks));
  }

  /** A text area wraps as long as what stands in it can be wrapped; else one scrolls sideways. */
  public static void wrap(TextArea area) {
    area.wrapTextProperty().bind(area.textProperty().map(Wrapping::breaks));
  }

  /** Nodes for a text flow: one, or one a word where JavaFX cannot break the text. */
  public static List<Text> texts(String text, String... styles) {
    List<Text> texts = new ArrayList<>();
    for (String part : breaks(text) ? List.of(text) : words(text)) {
      Text t = new Text(part);
      t.getStyleClass().addAll(styles);
      texts.add(t);
    }
    return texts;
  }

  /** Words, each with the white space after it. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    BreakIterator breaks = BreakIterator.getLineInstance();
    breaks.setText(text);
    int from = breaks.first();
    for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
      while (to - from > LONGEST_WORD) {
        int cut = from + LONGEST_WORD;
        cut -= Character.isHighSurrogate(text.charAt(cut - 1)) ? 1 : 0;
        words.add(text.substring(from, cut));
        from = cut;
      }
      words.add(text.substring(from, to));
      from = to;
    }
    return words;
  }
}
