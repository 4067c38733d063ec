package org.emslens.app.controls;

import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.scene.control.Label;
import javafx.scene.text.Text;

/** A label of a text that grows: where there is no room for all, its end is what is shown. */
public final class Tail extends Label {
  private final StringProperty whole = new SimpleStringProperty(this, "whole", "");

  public Tail() {
    setWrapText(true);
    setMinHeight(0);
    whole.addListener((o, before, now) -> fit());
    widthProperty().addListener((o, before, now) -> fit());
    maxHeightProperty().addListener((o, before, now) -> fit());
    fontProperty().addListener((o, before, now) -> fit());
    paddingProperty().addListener((o, before, now) -> fit());
  }

  /** All of the text. */
  public StringProperty wholeProperty() {
    return whole;
  }

  private void fit() {
    String all = whole.get();
    if (getWidth() <= 0 || fits(all)) {
      setText(all);
      return;
    }
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
    setText(from(all, near ? word + 1 : fits));
  }

  private static String from(String all, int at) {
    return "… " + all.substring(at);
  }

  private boolean fits(String s) {
    Text t = new Text(s);
    t.setFont(getFont());
    t.setWrappingWidth(
        Math.max(1, getWidth() - getPadding().getLeft() - getPadding().getRight() - 2));
    double room = getMaxHeight() - getPadding().getTop() - getPadding().getBottom();
    return t.getLayoutBounds().getHeight() <= room;
  }
}
