package org.emslens.app.drive;

import javafx.event.EventType;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;

/** Moves, clicks, drags and turns the wheel as a hand would make them. */
public final class Mouse {
  private Mouse() {}

  /** Sends an event of the primary button at a place in a node's own coordinates. */
  public static void fire(Node node, EventType<MouseEvent> type, double x, double y) {
    fire(node, type, x, y, 1);
  }

  /** Nothing, where the node has gone meanwhile, as a button may that was pressed. */
  static void fire(Node node, EventType<MouseEvent> type, double x, double y, int clicks) {
    if (node.getScene() == null || node.getScene().getWindow() == null) {
      return;
    }
    Point2D scene = node.localToScene(x, y);
    Point2D screen = node.localToScreen(x, y);
    boolean moves = type == MouseEvent.MOUSE_MOVED;
    node.fireEvent(
        new MouseEvent(
            type,
            scene.getX(),
            scene.getY(),
            screen.getX(),
            screen.getY(),
            moves ? MouseButton.NONE : MouseButton.PRIMARY,
            moves ? 0 : clicks,
            false,
            false,
            false,
            false,
            !moves && type != MouseEvent.MOUSE_RELEASED,
            false,
            false,
            true,
            false,
            true,
            null));
  }

  /** Turns the wheel over a place in a node's own coordinates. */
  public static void wheel(Node node, double x, double y, double pixels) {
    Point2D scene = node.localToScene(x, y);
    Point2D screen = node.localToScreen(x, y);
    node.fireEvent(
        new ScrollEvent(
            ScrollEvent.SCROLL,
            scene.getX(),
            scene.getY(),
            screen.getX(),
            screen.getY(),
            false,
            false,
            false,
            false,
            false,
            false,
            0,
            pixels,
            0,
            pixels,
            ScrollEvent.HorizontalTextScrollUnits.NONE,
            0,
            ScrollEvent.VerticalTextScrollUnits.NONE,
            0,
            0,
            null));
  }

  /** The node that the mouse would touch at a place of the scene, or null. */
  static Node topmost(Node root, double sceneX, double sceneY) {
    if (!root.isVisible() || root.isMouseTransparent()) {
      return null;
    }
    Point2D local = root.sceneToLocal(sceneX, sceneY);
    if (root.getClip() != null && !root.getClip().contains(local)) {
      return null;
    }
    if (root instanceof Parent parent) {
      var children = parent.getChildrenUnmodifiable();
      for (int i = children.size() - 1; i >= 0; i--) {
        Node hit = topmost(children.get(i), sceneX, sceneY);
        if (hit != null) {
          return hit;
        }
      }
      boolean ground =
          parent instanceof javafx.scene.layout.Region r
              ? r.isPickOnBounds() || r.getBackground() != null
              : parent.isPickOnBounds();
      return ground && parent.contains(local) ? parent : null;
    }
    return root.contains(local) ? root : null;
  }
}
