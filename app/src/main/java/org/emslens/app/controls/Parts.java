package org.emslens.app.controls;

import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/** Small parts that bars are made of. */
public final class Parts {
  private Parts() {}

  /** Things that stay beside each other. */
  public static HBox group(Node... nodes) {
    HBox box = new HBox(8, nodes);
    box.setAlignment(Pos.CENTER_LEFT);
    return box;
  }

  /** A quiet sentence that wraps, and takes no room where there is none. */
  public static Label note(String id, ObservableValue<String> text) {
    Label l = new Label();
    l.setId(id);
    l.getStyleClass().add("card-note");
    Wrapping.wrap(l);
    l.setMinHeight(Region.USE_PREF_SIZE);
    l.setMaxWidth(Double.MAX_VALUE);
    l.textProperty().bind(text);
    l.visibleProperty().bind(l.textProperty().isNotEmpty());
    l.managedProperty().bind(l.visibleProperty());
    return l;
  }

  /** How opaque that is which is about to be replaced. */
  public static ObservableValue<Double> fading(ObservableValue<Boolean> leaving) {
    return leaving.map(l -> l ? 0.4 : 1.0);
  }

  /**
   * A button with an icon.
   *
   * @param about what it does, for those who hover and those who listen
   */
  public static Button button(String id, Ikon icon, String about, Runnable action) {
    Button b = new Button("", new FontIcon(icon));
    b.setId(id);
    b.setTooltip(new Tooltip(about));
    b.setAccessibleText(about);
    b.setMinWidth(Region.USE_PREF_SIZE);
    b.setOnAction(e -> action.run());
    return b;
  }

  /**
   * Where one of these buttons has the focus and can no longer be pressed, the focus goes to
   * something that does nothing with a Space that is still held, rather than to whatever button
   * comes next; and comes back once the button can be pressed again.
   */
  public static void leaveTo(Node harmless, ButtonBase... buttons) {
    BooleanProperty held = new SimpleBooleanProperty();
    harmless.addEventHandler(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (held.get() && e.getTarget() == harmless && e.getCode() == KeyCode.SPACE) {
            e.consume();
          }
        });
    harmless.addEventFilter(KeyEvent.KEY_RELEASED, e -> held.set(false));
    for (ButtonBase b : buttons) {
      b.addEventFilter(
          KeyEvent.KEY_PRESSED, e -> held.set(held.get() || e.getCode() == KeyCode.SPACE));
      b.addEventFilter(KeyEvent.KEY_RELEASED, e -> held.set(false));
    }
    ButtonBase[] left = new ButtonBase[1];
    for (ButtonBase b : buttons) {
      b.disabledProperty()
          .addListener(
              (o, before, now) -> {
                if (now && b.isFocused()) {
                  left[0] = b;
                  harmless.requestFocus();
                } else if (!now && left[0] == b && harmless.isFocused()) {
                  b.requestFocus();
                }
              });
    }
  }
}
