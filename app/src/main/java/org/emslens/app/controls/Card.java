package org.emslens.app.controls;

import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.controlsfx.control.PopOver;

/** A titled part of the window, with a `?` that says what its words mean. */
public final class Card extends VBox {
  private static final double WIDE = 380;

  private final Label note = new Label();

  /**
   * @param help what the words mean, the formula and its source
   * @param tools shown at the right of the title
   */
  public Card(String title, String help, Node content, Node... tools) {
    getStyleClass().add("card");
    Label label = new Label(title);
    label.getStyleClass().add("card-title");
    label.setMinWidth(Region.USE_PREF_SIZE);
    note.getStyleClass().add("card-note");
    note.setMinWidth(0);
    HBox named = new HBox(6, label, question(title, help), note);
    named.setAlignment(Pos.CENTER_LEFT);
    HBox right = new HBox(6, tools);
    right.setAlignment(Pos.CENTER_RIGHT);
    WrapBar top = new WrapBar(8, named, right);
    top.getStyleClass().add("card-top");
    VBox.setVgrow(content, Priority.ALWAYS);
    getChildren().addAll(top, content);
    setMinSize(0, 0);
  }

  private static Button question(String title, String help) {
    Button b = new Button("?");
    b.getStyleClass().add("question");
    b.setTooltip(new Tooltip("What this shows"));
    b.setAccessibleText("What " + title + " shows");
    b.setMinWidth(Region.USE_PREF_SIZE);
    b.setOnAction(
        e -> {
          Label text = new Label(help);
          text.setWrapText(true);
          text.setPrefWidth(WIDE);
          text.getStyleClass().add("help-text");
          PopOver over = new PopOver(text);
          over.setTitle(title);
          over.setDetachable(false);
          over.show(b);
        });
    return b;
  }

  /** A quiet remark beside the title. */
  public Label note() {
    return note;
  }
}
