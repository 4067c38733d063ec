package org.emslens.app.controls;

import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.geometry.Orientation;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;

/**
 * A text that grows: where there is no room for all, its end is what is shown. Whether it fits is
 * asked of the very node that shows it.
 */
public final class Tail extends Region {
  private final StringProperty whole = new SimpleStringProperty(this, "whole", "");
  private final Text text = new Text();

  public Tail() {
    getStyleClass().add("tail");
    setAccessibleRole(AccessibleRole.TEXT);
    setMinHeight(0);
    text.setTextOrigin(VPos.TOP);
    text.getStyleClass().add("text");
    getChildren().add(text);
    accessibleTextProperty().bind(whole);
    whole.addListener((o, before, now) -> requestLayout());
    maxHeightProperty().addListener((o, before, now) -> requestLayout());
    text.fontProperty().addListener((o, before, now) -> requestLayout());
  }

  /** All of the text. */
  public StringProperty wholeProperty() {
    return whole;
  }

  /** What of it is shown. */
  String shown() {
    return text.getText();
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  /** Shows as much of the end as fits a width; tells the height of that. */
  private double fit(double width) {
    String all = whole.get();
    if (fits(all, width)) {
      return height();
    }
    int fits = all.length();
    int not = 0;
    while (fits - not > 1) {
      int middle = (fits + not) / 2;
      if (fits(from(all, middle), width)) {
        fits = middle;
      } else {
        not = middle;
      }
    }
    int word = all.indexOf(' ', fits);
    boolean near = word > 0 && word < fits + (all.length() - fits) / 2;
    fits(from(all, near ? word + 1 : fits), width);
    return height();
  }

  private static String from(String all, int at) {
    return "… " + all.substring(at);
  }

  private boolean fits(String s, double width) {
    double room = Math.max(1, width - snappedLeftInset() - snappedRightInset());
    text.setText(s);
    text.setWrappingWidth(room);
    try {
      return height() <= getMaxHeight();
    } catch (IndexOutOfBoundsException e) {
      // JavaFX 26 cannot break every line that runs from right to left; as one line it is shown.
      text.setWrappingWidth(0);
      return text.getLayoutBounds().getWidth() <= room;
    }
  }

  private double height() {
    return snapSizeY(text.getLayoutBounds().getHeight()) + snappedTopInset() + snappedBottomInset();
  }

  @Override
  protected double computePrefHeight(double width) {
    return fit(width > 0 ? width : getWidth());
  }

  @Override
  protected double computePrefWidth(double height) {
    return snappedLeftInset() + snappedRightInset();
  }

  @Override
  protected void layoutChildren() {
    fit(getWidth());
    text.relocate(snappedLeftInset(), snappedTopInset());
  }
}
