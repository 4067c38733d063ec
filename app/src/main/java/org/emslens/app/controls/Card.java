package org.emslens.app.controls;

import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** A titled part of the window. */
public final class Card extends VBox {
  private final Label note = new Label();

  /**
   * @param tools shown at the right of the title
   */
  public Card(String title, Node content, Node... tools) {
    getStyleClass().add("card");
    Label label = new Label(title);
    label.getStyleClass().add("card-title");
    note.getStyleClass().add("card-note");
    note.setMinWidth(0);
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    label.setMinWidth(Region.USE_PREF_SIZE);
    HBox top = new HBox(8, label, note, space);
    top.getChildren().addAll(tools);
    top.setAlignment(Pos.CENTER_LEFT);
    top.getStyleClass().add("card-top");
    VBox.setVgrow(content, Priority.ALWAYS);
    getChildren().addAll(top, content);
    setMinSize(0, 0);
  }

  /** A quiet remark beside the title. */
  public Label note() {
    return note;
  }
}
