package org.emslens.app.library;

import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** A model's terms, to be accepted or not before it is fetched; lies over the page. */
final class TermsSheet extends StackPane {
  private static final double WIDE = 640;

  private final Label title = new Label();
  private final Label address = new Label();
  private final TextArea text = new TextArea();

  TermsSheet(LibraryModel model) {
    getStyleClass().add("shade");
    title.getStyleClass().add("card-title");
    address.getStyleClass().add("card-note");
    text.setId("terms-text");
    text.setEditable(false);
    text.setWrapText(true);
    VBox.setVgrow(text, Priority.ALWAYS);
    Button no = new Button("Do not fetch");
    no.setId("terms-no");
    no.setOnAction(e -> model.questionProperty().get().answer().complete(false));
    Button yes = new Button("I accept these terms");
    yes.setId("terms-yes");
    yes.getStyleClass().add("accent");
    yes.setOnAction(e -> model.questionProperty().get().answer().complete(true));
    HBox answers = new HBox(8, no, yes);
    answers.setAlignment(Pos.CENTER_RIGHT);
    VBox sheet = new VBox(8, title, address, text, answers);
    sheet.getStyleClass().addAll("card", "sheet");
    sheet.setMaxWidth(WIDE);
    StackPane.setMargin(sheet, new javafx.geometry.Insets(24));
    getChildren().add(sheet);
    addEventHandler(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (e.getCode() == KeyCode.ESCAPE) {
            no.fire();
            e.consume();
          }
        });
    visibleProperty().bind(model.questionProperty().isNotNull());
    model
        .questionProperty()
        .addListener(
            (o, before, now) -> {
              if (now != null) {
                title.setText(now.terms().title());
                address.setText(
                    "This model may be used under these terms only: " + now.terms().address());
                text.setText(now.text());
                text.positionCaret(0);
                no.requestFocus();
              }
            });
  }
}
