package org.emslens.app.lens;

import javafx.scene.input.KeyEvent;

/** How arrow keys move along source tokens, in every picture that has them side by side. */
public final class TokenKeys {
  private static final int STRIDE = 10;

  private TokenKeys() {}

  /**
   * Moves the selected token, ten at a time with Shift; Enter and Space pin it.
   *
   * @param n tokens there are
   * @return whether the key meant anything
   */
  public static boolean move(KeyEvent e, Selection selection, int n) {
    if (n == 0 || e.isShortcutDown() || e.isAltDown()) {
      return false;
    }
    int now = selection.tokenProperty().get();
    int from = now < 0 ? n - 1 : Math.min(now, n - 1);
    int by = e.isShiftDown() ? STRIDE : 1;
    switch (e.getCode()) {
      case LEFT -> selection.tokenProperty().set(Math.max(0, from - by));
      case RIGHT -> selection.tokenProperty().set(Math.min(n - 1, from + by));
      case HOME -> selection.tokenProperty().set(0);
      case END -> selection.tokenProperty().set(n - 1);
      case ENTER, SPACE -> selection.togglePinned(from);
      default -> {
        return false;
      }
    }
    return true;
  }
}
