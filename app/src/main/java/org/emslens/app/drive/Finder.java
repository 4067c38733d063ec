package org.emslens.app.drive;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import javafx.geometry.Bounds;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.Labeled;
import javafx.scene.control.ScrollPane;
import javafx.scene.text.Text;
import javafx.stage.Window;

/** Finds what a script names: by id, or by the text that is to be seen. */
final class Finder {
  private final Scene scene;

  Finder(Scene scene) {
    this.scene = scene;
  }

  /** A node that is there and to be seen, scrolled to where it was out of sight; null if none. */
  Node find(String name) {
    Node found =
        name.startsWith("#")
            ? search(n -> name.substring(1).equals(n.getId()))
            : firstOf(
                n -> n instanceof Labeled l && name.equals(l.getText()),
                n -> n instanceof Text t && name.equals(t.getText()),
                n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(name));
    if (found != null) {
      reveal(found);
    }
    return found;
  }

  @SafeVarargs
  private Node firstOf(Predicate<Node>... wanted) {
    for (Predicate<Node> p : wanted) {
      Node n = search(p);
      if (n != null) {
        return n;
      }
    }
    return null;
  }

  private Node search(Predicate<Node> wanted) {
    Node inMain = search(scene.getRoot(), wanted);
    if (inMain != null) {
      return inMain;
    }
    for (Window w : List.copyOf(Window.getWindows())) {
      if (w.getScene() != null && w.getScene() != scene && w.isShowing()) {
        Node n = search(w.getScene().getRoot(), wanted);
        if (n != null) {
          return n;
        }
      }
    }
    return null;
  }

  private static Node search(Node root, Predicate<Node> wanted) {
    Deque<Node> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Node n = open.poll();
      if (!n.isVisible()) {
        continue;
      }
      if (wanted.test(n)) {
        return n;
      }
      if (n instanceof Parent p) {
        open.addAll(p.getChildrenUnmodifiable());
      }
    }
    return null;
  }

  /** Scrolls panes around a node until it can be seen, as one would do to reach it. */
  static void reveal(Node node) {
    for (Node p = node.getParent(); p != null; p = p.getParent()) {
      if (p instanceof ScrollPane pane && pane.getContent() != null) {
        Bounds view = pane.getViewportBounds();
        Bounds content = pane.getContent().getLayoutBounds();
        Bounds in = pane.getContent().sceneToLocal(node.localToScene(node.getLayoutBounds()));
        double scrollable = content.getHeight() - view.getHeight();
        double top = pane.getVvalue() * scrollable;
        if (scrollable > 1 && (in.getMinY() < top || in.getMaxY() > top + view.getHeight())) {
          pane.setVvalue(Math.clamp((in.getCenterY() - view.getHeight() / 2) / scrollable, 0, 1));
        }
        double across = content.getWidth() - view.getWidth();
        double left = pane.getHvalue() * across;
        if (across > 1 && (in.getMinX() < left || in.getMaxX() > left + view.getWidth())) {
          pane.setHvalue(Math.clamp((in.getCenterX() - view.getWidth() / 2) / across, 0, 1));
        }
      }
    }
  }

  /** A place in a node: its middle, or as given from its upper left corner. */
  static Point2D place(Node node, double[] at) {
    Bounds b = node.getLayoutBounds();
    return at == null
        ? new Point2D(b.getCenterX(), b.getCenterY())
        : new Point2D(b.getMinX() + at[0], b.getMinY() + at[1]);
  }

  /**
   * What the mouse would touch at a place of a node.
   *
   * @throws IllegalStateException where something else lies over it
   */
  static Node touched(Node node, Point2D at) {
    Point2D p = node.localToScene(at);
    Node hit = Mouse.topmost(node.getScene().getRoot(), p.getX(), p.getY());
    for (Node n = hit; n != null; n = n.getParent()) {
      if (n == node) {
        return hit;
      }
    }
    throw new IllegalStateException(
        "it cannot be reached there: "
            + (hit == null ? "nothing" : describe(hit))
            + " is in its place");
  }

  private static String describe(Node n) {
    for (Node p = n; p != null; p = p.getParent()) {
      if (p.getId() != null && !p.getId().isBlank()) {
        return "'#" + p.getId() + "'";
      }
    }
    return n.getClass().getSimpleName();
  }
}
