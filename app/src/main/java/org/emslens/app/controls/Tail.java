package org.emslens.app.controls;

import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.geometry.Orientation;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.text.TextFlow;

/**
 * A text that grows: where there is no room for all, its end is what is shown. Whether it fits is
 * asked of the very node that shows it.
 */
public final class Tail extends Region {
  private final StringProperty whole = new SimpleStringProperty(this, "whole", "");
  private final TextFlow text = new TextFlow();
  private String shown = "";
  private double lineWidth;
  private double height;

  public Tail() {
    getStyleClass().add("tail");
    setAccessibleRole(AccessibleRole.TEXT);
    setMinHeight(0);
    getChildren().add(text);
    accessibleTextProperty().bind(whole);
    whole.addListener((o, before, now) -> requestLayout());
    maxHeightProperty().addListener((o, before, now) -> requestLayout());
  }

  /** All of the text. */
  public StringProperty wholeProperty() {
    return whole;
  }

  /** What of it is shown. */
  String shown() {
    return shown;
  }

  @Override
  public Orientation getContentBias() {
    return Orientation.HORIZONTAL;
  }

  /** Shows as much of the end as fits a width; tells the height of that. */
  private double fit(double width) {
    String all = whole.get();
    if (fits(all, width)) {
      return height;
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
    return height;
  }

  private static String from(String all, int at) {
    return "… " + all.substring(at);
  }

  private boolean fits(String s, double width) {
    double room = Math.max(1, width - snappedLeftInset() - snappedRightInset());
    if (!s.equals(shown)) {
      shown = s;
      text.getChildren().setAll(Wrapping.texts(s, "text"));
    }
    lineWidth = room;
    try {
      setHeightOf(text.prefHeight(room));
      return height <= getMaxHeight();
    } catch (IndexOutOfBoundsException e) {
      // A word that is wider than the room; see Wrapping.
      lineWidth = text.prefWidth(-1);
      setHeightOf(text.prefHeight(lineWidth));
      return lineWidth <= room;
    }
  }

  private void setHeightOf(double text) {
    height = snapSizeY(text) + snappedTopInset() + snappedBottomInset();
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
    text.resizeRelocate(
        snappedLeftInset(), snappedTopInset(), lineWidth, text.prefHeight(lineWidth));
  }
}
