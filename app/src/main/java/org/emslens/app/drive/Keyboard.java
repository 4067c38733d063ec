package org.emslens.app.drive;

import java.util.Locale;
import java.util.Map;
import javafx.event.Event;
import javafx.event.EventTarget;
import javafx.event.EventType;
import javafx.scene.Scene;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/** Presses keys, which go to what has the focus. */
final class Keyboard {
  private static final Map<String, KeyCode> NAMES =
      Map.of(
          "ESC", KeyCode.ESCAPE,
          "PLUS", KeyCode.PLUS,
          "MINUS", KeyCode.MINUS,
          "PAGEUP", KeyCode.PAGE_UP,
          "PAGEDOWN", KeyCode.PAGE_DOWN,
          "DEL", KeyCode.DELETE,
          "BACKSPACE", KeyCode.BACK_SPACE);

  private final Scene scene;

  /** A key with what is held down beside it. */
  private record Stroke(KeyCode code, boolean shift, boolean control, boolean alt) {}

  Keyboard(Scene scene) {
    this.scene = scene;
  }

  private EventTarget target() {
    return scene.getFocusOwner() == null ? scene : scene.getFocusOwner();
  }

  /** Presses and releases a key such as `Ctrl+S`. */
  void press(String text) {
    Stroke s = parse(text);
    send(KeyEvent.KEY_PRESSED, s, KeyEvent.CHAR_UNDEFINED);
    if (s.code == KeyCode.SPACE && !s.control && !s.alt) {
      send(KeyEvent.KEY_TYPED, s, " ");
    }
    send(KeyEvent.KEY_RELEASED, s, KeyEvent.CHAR_UNDEFINED);
  }

  private void send(EventType<KeyEvent> type, Stroke s, String character) {
    boolean typed = type == KeyEvent.KEY_TYPED;
    Event.fireEvent(
        target(),
        new KeyEvent(
            type,
            character,
            typed ? "" : s.code.getName(),
            typed ? KeyCode.UNDEFINED : s.code,
            s.shift,
            s.control,
            s.alt,
            false));
  }

  /** Types one character; a line break presses Enter, a tab Tab. */
  void type(char c) {
    if (c == '\n') {
      press("Enter");
    } else if (c == '\t') {
      press("Tab");
    } else {
      send(
          KeyEvent.KEY_TYPED,
          new Stroke(KeyCode.UNDEFINED, false, false, false),
          String.valueOf(c));
    }
  }

  private static Stroke parse(String text) {
    boolean shift = false;
    boolean control = false;
    boolean alt = false;
    KeyCode code = null;
    for (String part : text.split("\\+(?=.)")) {
      switch (part.strip().toLowerCase(Locale.ROOT)) {
        case "ctrl", "control", "shortcut", "cmd" -> control = true;
        case "shift" -> shift = true;
        case "alt" -> alt = true;
        default -> code = code(part.strip());
      }
    }
    if (code == null) {
      throw new IllegalArgumentException("found '" + text + "'; expected a key such as Ctrl+S");
    }
    return new Stroke(code, shift, control, alt);
  }

  private static KeyCode code(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (NAMES.containsKey(upper)) {
      return NAMES.get(upper);
    }
    if (name.equals("+")) {
      return KeyCode.PLUS;
    }
    if (name.equals("-")) {
      return KeyCode.MINUS;
    }
    for (KeyCode c : KeyCode.values()) {
      if (c.name().equals(upper)
          || c.name().equals("DIGIT" + upper)
          || c.getName().equalsIgnoreCase(name)) {
        return c;
      }
    }
    throw new IllegalArgumentException("there is no key '" + name + "'");
  }
}
