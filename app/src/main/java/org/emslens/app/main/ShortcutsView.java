package org.emslens.app.main;

import javafx.geometry.Insets;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.emslens.app.controls.Scroll;

/** The list of shortcuts, over whatever page is shown. */
final class ShortcutsView extends StackPane {

  ShortcutsView() {
    setId("shortcuts");
    getStyleClass().add("shade");
    setVisible(false);
    GridPane grid = new GridPane(18, 5);
    for (int i = 0; i < Keys.ALL.size(); i++) {
      Label keys = new Label(Keys.ALL.get(i).keys());
      keys.getStyleClass().add("number");
      keys.setMinWidth(Region.USE_PREF_SIZE);
      grid.addRow(i, keys, new Label(Keys.ALL.get(i).does()));
    }
    Label title = new Label("Shortcuts");
    title.getStyleClass().add("card-title");
    Button close = new Button("Close");
    close.setId("shortcuts-close");
    close.setOnAction(e -> toggle());
    ScrollPane list = Scroll.down(grid);
    VBox.setVgrow(list, Priority.ALWAYS);
    VBox box = new VBox(12, title, list, close);
    box.getStyleClass().addAll("card", "sheet");
    box.setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
    title.setMinHeight(Region.USE_PREF_SIZE);
    close.setMinHeight(Region.USE_PREF_SIZE);
    setMinSize(0, 0);
    setPadding(new Insets(8));
    getChildren().add(box);
    setOnMousePressed(
        e -> {
          if (e.getTarget() == this) {
            toggle();
          }
        });
  }

  /** Shows it, or puts it away. */
  void toggle() {
    setVisible(!isVisible());
  }
}
