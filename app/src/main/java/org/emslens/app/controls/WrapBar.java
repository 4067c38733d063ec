package org.emslens.app.controls;

import java.util.ArrayList;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Priority;

/**
 * Groups of controls beside each other that go into further rows where the width does not hold
 * them. Room that is left goes to those that grow ({@link HBox#setHgrow}), else between the groups.
 */
public final class WrapBar extends Pane {
  private final double gap;

  private record Row(List<Node> nodes, double width, double height) {}

  public WrapBar(double gap, Node... groups) {
    this.gap = gap;
    getChildren().addAll(groups);
    setMinWidth(0);
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  /** A group that grows is only sure of its least width. */
  private static double wanted(Node n) {
    return Math.ceil(grows(n) ? n.minWidth(-1) : n.prefWidth(-1));
  }

  /** A group that has a line of its own stays at the right, where it is meant to. */
  private static boolean isOfTheRight(Node n) {
    return n instanceof HBox box && box.getAlignment() == Pos.CENTER_RIGHT;
  }

  private static boolean grows(Node n) {
    return HBox.getHgrow(n) == Priority.ALWAYS;
  }

  private List<Row> rows(double width) {
    List<Row> rows = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    double used = 0;
    double height = 0;
    for (Node n : getManagedChildren()) {
      double w = wanted(n);
      if (!nodes.isEmpty() && used + gap + w > width) {
        rows.add(new Row(nodes, used, height));
        nodes = new ArrayList<>();
        used = 0;
        height = 0;
      }
      used += (nodes.isEmpty() ? 0 : gap) + w;
      height = Math.max(height, Math.ceil(n.prefHeight(-1)));
      nodes.add(n);
    }
    if (!nodes.isEmpty()) {
      rows.add(new Row(nodes, used, height));
    }
    return rows;
  }

  private double inner(double width) {
    return width - getInsets().getLeft() - getInsets().getRight();
  }

  @Override
  protected double computePrefWidth(double height) {
    double w = getInsets().getLeft() + getInsets().getRight();
    for (Node n : getManagedChildren()) {
      w += Math.ceil(n.prefWidth(-1)) + gap;
    }
    return w;
  }

  @Override
  protected double computePrefHeight(double width) {
    double h = getInsets().getTop() + getInsets().getBottom();
    List<Row> rows = rows(width < 0 ? Double.MAX_VALUE : inner(width));
    for (Row r : rows) {
      h += r.height;
    }
    return h + Math.max(0, rows.size() - 1) * gap / 2;
  }

  @Override
  protected double computeMinHeight(double width) {
    return computePrefHeight(width < 0 ? getWidth() : width);
  }

  @Override
  protected void layoutChildren() {
    double width = inner(getWidth());
    double y = getInsets().getTop();
    for (Row r : rows(width)) {
      long growing = r.nodes.stream().filter(WrapBar::grows).count();
      double left = Math.max(0, width - r.width);
      double between = growing > 0 || r.nodes.size() < 2 ? gap : gap + left / (r.nodes.size() - 1);
      double x = getInsets().getLeft();
      for (Node n : r.nodes) {
        double w =
            isOfTheRight(n) && r.nodes.size() == 1
                ? width
                : Math.min(width, wanted(n) + (grows(n) ? left / growing : 0));
        n.resizeRelocate(x, y, w, r.height);
        x += w + between;
      }
      y += r.height + gap / 2;
    }
  }
}
