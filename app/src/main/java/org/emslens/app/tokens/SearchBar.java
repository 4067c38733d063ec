package org.emslens.app.tokens;

import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;

/** Where one types what to find in the context. */
public final class SearchBar extends HBox {
  private final Search search;
  private final TextField field = new TextField();

  public SearchBar(Search search) {
    super(4);
    this.search = search;
    setAlignment(Pos.CENTER_LEFT);
    field.setId("search");
    field.setPromptText("find (Ctrl+F)");
    field.setPrefColumnCount(9);
    field.setMinWidth(60);
    field.getStyleClass().add("small");
    field.textProperty().bindBidirectional(search.wantedProperty());
    field.addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    Label count = new Label();
    count.setId("search-count");
    count.getStyleClass().add("card-note");
    count.setMinWidth(USE_PREF_SIZE);
    count
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    search.wantedProperty().get().isEmpty()
                        ? ""
                        : search.foundProperty().get().isEmpty()
                            ? "none"
                            : (search.atProperty().get() + 1)
                                + "/"
                                + search.foundProperty().get().size(),
                search.wantedProperty(),
                search.foundProperty(),
                search.atProperty()));
    getChildren()
        .addAll(
            field,
            count,
            button(
                "search-previous",
                Material2AL.EXPAND_LESS,
                "Previous (Shift+Enter)",
                search::previous),
            button("search-next", Material2AL.EXPAND_MORE, "Next (Enter)", search::next));
  }

  private Button button(String id, Ikon icon, String about, Runnable action) {
    Button b = new Button("", new FontIcon(icon));
    b.setId(id);
    b.getStyleClass().addAll("small", "flat");
    b.setTooltip(new Tooltip(about));
    b.setAccessibleText(about);
    b.setOnAction(e -> action.run());
    b.visibleProperty().bind(search.wantedProperty().isNotEmpty());
    b.managedProperty().bind(b.visibleProperty());
    return b;
  }

  private void key(KeyEvent e) {
    if (e.getCode() == KeyCode.ENTER) {
      if (e.isShiftDown()) {
        search.previous();
      } else {
        search.next();
      }
      e.consume();
    } else if (e.getCode() == KeyCode.ESCAPE && !field.getText().isEmpty()) {
      field.clear();
      e.consume();
    }
  }

  /** Where to type. */
  public void begin() {
    field.requestFocus();
    field.selectAll();
  }
}
