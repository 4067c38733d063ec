package org.emslens.app.tour;

import javafx.event.EventType;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;

/** Moves and clicks as a hand would make them. */
public final class Mouse {
  private Mouse() {}

  /** Sends an event of the primary button at a place in a node's own coordinates. */
  public static void fire(Node node, EventType<MouseEvent> type, double x, double y) {
    Point2D scene = node.localToScene(x, y);
    Point2D screen = node.localToScreen(x, y);
    boolean down = type != MouseEvent.MOUSE_MOVED;
    node.fireEvent(
        new MouseEvent(
            type,
            scene.getX(),
            scene.getY(),
            screen.getX(),
            screen.getY(),
            MouseButton.PRIMARY,
            1,
            false,
            false,
            false,
            false,
            down,
            false,
            false,
            true,
            false,
            true,
            null));
  }
}
