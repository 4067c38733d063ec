package org.emslens.app.drive;

import java.util.List;
import java.util.Objects;
import javafx.collections.ObservableList;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.skin.ComboBoxListViewSkin;
import javafx.scene.input.MouseEvent;
import javafx.util.StringConverter;
import org.controlsfx.control.CheckComboBox;

/** Picks entries by the words that a user reads. */
final class Chooser {
  private Chooser() {}

  /** Opens a box's list; tells whether the node has one. */
  static boolean open(Node in) {
    if (in instanceof ComboBox<?> box) {
      box.requestFocus();
      box.show();
      return true;
    }
    return in instanceof MenuButton || in instanceof CheckComboBox<?>;
  }

  /**
   * Picks an entry.
   *
   * @throws IllegalArgumentException naming the entries there are
   */
  static void pick(Node in, String item) {
    switch (in) {
      case ComboBox<?> box -> pickOf(box, item);
      case MenuButton menu -> menuItem(menu.getItems(), item).fire();
      case CheckComboBox<?> box -> check(box, item);
      default ->
          throw new IllegalArgumentException(
              "it is a " + in.getClass().getSimpleName() + ", which has nothing to choose from");
    }
  }

  private static <T> int indexOf(ObservableList<T> items, StringConverter<T> names, String wanted) {
    List<String> titles =
        items.stream().map(i -> names == null ? Objects.toString(i) : names.toString(i)).toList();
    int at = titles.indexOf(wanted);
    if (at < 0) {
      throw new IllegalArgumentException(
          "there is no '" + wanted + "'; there are: " + String.join(", ", titles));
    }
    return at;
  }

  private static <T> void pickOf(ComboBox<T> box, String item) {
    int at = indexOf(box.getItems(), box.getConverter(), item);
    @SuppressWarnings("unchecked")
    ListView<T> list = (ListView<T>) ((ComboBoxListViewSkin<T>) box.getSkin()).getPopupContent();
    list.scrollTo(at);
    list.layout();
    for (Node n : list.lookupAll(".list-cell")) {
      if (n instanceof ListCell<?> cell && cell.getIndex() == at && cell.getWidth() > 0) {
        Point2D p = Finder.place(cell, null);
        Mouse.fire(cell, MouseEvent.MOUSE_PRESSED, p.getX(), p.getY());
        Mouse.fire(cell, MouseEvent.MOUSE_RELEASED, p.getX(), p.getY());
        Mouse.fire(cell, MouseEvent.MOUSE_CLICKED, p.getX(), p.getY());
        box.hide();
        return;
      }
    }
    throw new IllegalStateException("its list does not show '" + item + "'");
  }

  private static MenuItem menuItem(List<MenuItem> items, String text) {
    return items.stream()
        .filter(i -> text.equals(i.getText()))
        .findFirst()
        .or(() -> items.stream().filter(i -> i.getText().startsWith(text)).findFirst())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no '"
                        + text
                        + "'; there are: "
                        + String.join(", ", items.stream().map(MenuItem::getText).toList())));
  }

  private static <T> void check(CheckComboBox<T> box, String item) {
    box.getCheckModel().toggleCheckState(indexOf(box.getItems(), box.getConverter(), item));
  }
}
