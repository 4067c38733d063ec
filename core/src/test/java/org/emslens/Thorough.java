package org.emslens;

import java.util.ArrayList;
import java.util.List;

/**
 * How much is computed. Unless everything is asked for (`-Pthorough`), what is checked of many
 * texts is shared out over them: each row once, each text with some.
 */
public final class Thorough {
  private static final boolean ASKED = Boolean.getBoolean("emslens.thorough");

  private Thorough() {}

  /** Whether everything is. */
  public static boolean asked() {
    return ASKED;
  }

  /**
   * The share that one of several texts has in all rows.
   *
   * @param text its number
   */
  public static <T> List<T> share(Iterable<T> rows, int text, int texts) {
    List<T> mine = new ArrayList<>();
    int at = 0;
    for (T row : rows) {
      if (ASKED || at % texts == text) {
        mine.add(row);
      }
      at++;
    }
    return mine;
  }
}
