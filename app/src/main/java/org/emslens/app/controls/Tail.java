package org.emslens.app.controls;

import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;

/**
 * A text that grows: where there is no room for all, its end is what is shown. Whether it fits is
 * asked of the very node that shows it, so that nothing is cut.
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
    whole.addListener((o, before, now) -> fit());
    widthProperty().addListener((o, before, now) -> fit());
    maxHeightProperty().addListener((o, before, now) -> fit());
    text.fontProperty().addListener((o, before, now) -> fit());
    insetsProperty().addListener((o, before, now) -> fit());
  }

  /** All of the text. */
  public StringProperty wholeProperty() {
    return whole;
  }

  /** What of it is shown. */
  public String getText() {
    return text.getText();
  }

  private void fit() {
    String all = whole.get();
    if (getWidth() > 0 && !fits(all)) {
      int fits = all.length();
      int not = 0;
      while (fits - not > 1) {
        int middle = (fits + not) / 2;
        if (fits(from(all, middle))) {
          fits = middle;
        } else {
          not = middle;
        }
      }
      int word = all.indexOf(' ', fits);
      boolean near = word > 0 && word < fits + (all.length() - fits) / 2;
      text.setText(from(all, near ? word + 1 : fits));
    }
    requestLayout();
  }

  private static String from(String all, int at) {
    return "… " + all.substring(at);
  }

  private boolean fits(String s) {
    text.setText(s);
    text.setWrappingWidth(Math.max(1, getWidth() - snappedLeftInset() - snappedRightInset()));
    return height() <= getMaxHeight();
  }

  private double height() {
    return snapSizeY(text.getLayoutBounds().getHeight()) + snappedTopInset() + snappedBottomInset();
  }

  @Override
  protected double computePrefHeight(double width) {
    return height();
  }

  @Override
  protected double computePrefWidth(double height) {
    return snappedLeftInset() + snappedRightInset();
  }

  @Override
  protected void layoutChildren() {
    text.relocate(snappedLeftInset(), snappedTopInset());
  }
}
