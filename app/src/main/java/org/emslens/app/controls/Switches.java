package org.emslens.app.controls;

import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.controlsfx.control.ToggleSwitch;

/** ControlsFX's switches, made to answer keys as well. */
public final class Switches {
  private Switches() {}

  /** Lets Tab reach a switch and Space turn it. */
  public static ToggleSwitch keyboard(ToggleSwitch s) {
    s.setFocusTraversable(true);
    s.addEventHandler(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (e.getCode() == KeyCode.SPACE || e.getCode() == KeyCode.ENTER) {
            s.setSelected(!s.isSelected());
            e.consume();
          }
        });
    return s;
  }
}
