package org.emslens.app.main;

import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import org.emslens.app.controls.Wrapping;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Notice;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;

/** What waits for the user's answer, above the status line, with a button for each. */
final class NoticeBar extends HBox {
  private static final PseudoClass FAILED = PseudoClass.getPseudoClass("failed");

  private final Lens lens;

  /** What had the focus before the question came. */
  private Node before;

  NoticeBar(Lens lens) {
    super(8);
    this.lens = lens;
    setId("notice");
    getStyleClass().add("notice");
    setAlignment(Pos.CENTER_LEFT);
    lens.said().noticeProperty().addListener((o, last, now) -> show(now));
    show(null);
  }

  private void show(Notice n) {
    boolean held = has(getScene() == null ? null : getScene().getFocusOwner());
    getChildren().clear();
    setVisible(n != null);
    setManaged(n != null);
    if (n == null) {
      if (held && before != null) {
        before.requestFocus();
      }
      return;
    }
    pseudoClassStateChanged(FAILED, n.failure());
    Label text = new Label(n.text());
    text.setId("notice-text");
    Wrapping.wrap(text);
    text.setMinHeight(USE_PREF_SIZE);
    text.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(text, Priority.ALWAYS);
    getChildren().add(text);
    for (Notice.Answer a : n.answers()) {
      Button b = new Button(a.label());
      b.setId(a.id());
      b.setMinWidth(USE_PREF_SIZE);
      b.setOnAction(
          e -> {
            lens.said().dismiss();
            a.action().run();
          });
      getChildren().add(b);
    }
    Button away = new Button("", new FontIcon(Material2AL.CLOSE));
    away.setId("notice-dismiss");
    away.getStyleClass().add("flat");
    away.setTooltip(new Tooltip("Put this away (Esc)"));
    away.setAccessibleText("Put this away");
    away.setMinWidth(USE_PREF_SIZE);
    away.setOnAction(e -> lens.said().dismiss());
    getChildren().add(away);
    if (!n.failure() && n.answers().size() > 1) {
      ask(held);
    }
  }

  /** A question can be answered by keyboard at once; its first answer loses nothing. */
  private void ask(boolean held) {
    if (!held) {
      before = getScene().getFocusOwner();
    }
    getChildren().get(1).requestFocus();
  }

  private boolean has(Node owner) {
    return owner != null && owner.getParent() == this;
  }
}
