package org.emslens.app.controls;

import javafx.scene.Node;
import javafx.scene.control.ScrollPane;

/** What scrolls where it has no room, without a frame of its own. */
public final class Scroll {
  private Scroll() {}

  /** As wide as its room; scrolls up and down, and sideways where it cannot be as narrow. */
  public static ScrollPane of(Node content) {
    ScrollPane pane = new ScrollPane(content);
    pane.setFitToWidth(true);
    pane.getStyleClass().add("edge-to-edge");
    pane.skinProperty().addListener((o, before, now) -> drawParts(pane));
    return pane;
  }

  /** As wide as its room; scrolls up and down only. */
  public static ScrollPane down(Node content) {
    ScrollPane pane = of(content);
    pane.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    return pane;
  }

  /**
   * JavaFX keeps a picture of all that scrolls, so that scrolling is cheap; whatever then changes
   * in it, all of it is drawn anew. Here pictures change with every token, and are scrolled rarely.
   */
  private static void drawParts(ScrollPane pane) {
    Node viewport = pane.lookup(".viewport");
    if (viewport != null) {
      viewport.setCache(false);
    }
  }
}
