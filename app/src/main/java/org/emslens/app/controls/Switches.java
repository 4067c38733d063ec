package org.emslens.app.controls;

import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import org.controlsfx.control.ToggleSwitch;

/** ControlsFX's switches, made to answer keys, and clicks on their words, as well. */
public final class Switches {
  private Switches() {}

  /** Lets Tab reach a switch, and Enter and a click anywhere on it turn it, as Space does. */
  public static ToggleSwitch reachable(ToggleSwitch s) {
    s.setFocusTraversable(true);
    s.addEventHandler(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (e.getCode() == KeyCode.ENTER) {
            turn(s);
            e.consume();
          }
        });
    s.addEventHandler(
        MouseEvent.MOUSE_CLICKED,
        e -> {
          if (e.getButton() == MouseButton.PRIMARY && !isThumb((Node) e.getTarget())) {
            s.requestFocus();
            turn(s);
          }
        });
    return s;
  }

  /** What a click or a key does to it. */
  public static void turn(ToggleSwitch s) {
    s.setSelected(!s.isSelected());
  }

  /** What turns the switch by itself. */
  private static boolean isThumb(Node touched) {
    return touched.getStyleClass().contains("thumb")
        || touched.getStyleClass().contains("thumb-area");
  }
}
