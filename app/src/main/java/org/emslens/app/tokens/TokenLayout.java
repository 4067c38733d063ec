package org.emslens.app.tokens;

import java.util.List;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import org.emslens.text.Token;

/**
 * Where tokens stand when they are set as flowing text in a fixed-width face: a token never breaks,
 * a line break ends its line.
 */
final class TokenLayout {
  final double[] x;
  final int[] line;
  final double[] width;
  final String[] text;
  final int lines;

  TokenLayout(List<Token> tokens, double available, Font font) {
    int n = tokens.size();
    x = new double[n];
    line = new int[n];
    width = new double[n];
    text = new String[n];
    double unit = measure("M", font);
    double at = 0;
    int row = 0;
    for (int i = 0; i < n; i++) {
      String raw = tokens.get(i).text();
      text[i] = raw.replace('\n', '⏎').replace("\r", "").replace('\t', ' ');
      boolean plain = text[i].chars().allMatch(c -> c < 128);
      width[i] = plain ? unit * text[i].length() : measure(text[i], font);
      if (at > 0 && at + width[i] > available) {
        at = 0;
        row++;
      }
      x[i] = at;
      line[i] = row;
      at += width[i];
      if (raw.contains("\n")) {
        at = 0;
        row++;
      }
    }
    lines = row + 1;
  }

  /** The token at a place, or -1. */
  int at(double px, int row) {
    for (int i = 0; i < x.length; i++) {
      if (line[i] == row && px >= x[i] && px < x[i] + width[i]) {
        return i;
      }
    }
    return -1;
  }

  static double measure(String s, Font font) {
    Text t = new Text(s);
    t.setFont(font);
    return t.getLayoutBounds().getWidth();
  }
}
