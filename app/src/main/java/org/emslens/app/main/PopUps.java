package org.emslens.app.main;

import java.util.function.Supplier;
import javafx.application.ConditionalFeature;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.collections.WeakListChangeListener;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.paint.Color;
import javafx.stage.PopupWindow;
import javafx.stage.Window;

/**
 * Lists, tooltips and explanations are windows of their own, which inherit neither the sheet nor
 * the size of text of the window below them; they are dressed like it as they open.
 */
final class PopUps {
  private final Parent root;
  private final Supplier<Color> ground;

  /** Held here, since the list of windows, which outlives this one, holds it weakly. */
  private final ListChangeListener<Window> opened = this::opened;

  /**
   * @param root of the window that they belong to
   * @param ground the colour that it has
   */
  PopUps(Parent root, Supplier<Color> ground) {
    this.root = root;
    this.ground = ground;
    Window.getWindows().addListener(new WeakListChangeListener<>(opened));
  }

  private void opened(ListChangeListener.Change<? extends Window> c) {
    while (c.next()) {
      for (Window w : c.getAddedSubList()) {
        if (w instanceof PopupWindow over && isMine(over)) {
          dress(over.getScene());
        }
      }
    }
  }

  private boolean isMine(PopupWindow over) {
    Window below = over.getOwnerWindow();
    while (below instanceof PopupWindow p) {
      below = p.getOwnerWindow();
    }
    return root.getScene() != null && below == root.getScene().getWindow();
  }

  private void dress(Scene over) {
    if (!over.getStylesheets().containsAll(root.getStylesheets())) {
      over.getStylesheets().setAll(root.getStylesheets());
    }
    over.getRoot().setStyle(root.getStyle());
    // A desktop that knows no transparency fills what lies around them, white if nobody says.
    if (!Platform.isSupported(ConditionalFeature.TRANSPARENT_WINDOW)) {
      over.setFill(ground.get());
    }
  }
}
