package org.emslens.app.controls;

import java.util.List;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.geometry.Orientation;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/**
 * A text that grows: where there is no room for all, its end is what is shown. Whether it fits is
 * asked of the very node that shows it.
 */
public final class Tail extends Region {
  /** Of an em. */
  private static final double THINNEST = 0.2;

  private final StringProperty whole = new SimpleStringProperty(this, "whole", "");
  private final TextFlow text = new TextFlow();

  /** What shows a text that JavaFX can break; new nodes would be styled anew with each trial. */
  private final Text one = new Text();

  private record Fit(String all, double width, double most, Font font) {}

  private Fit fitted;
  private String shown = "";
  private double lineWidth;
  private double height;

  public Tail() {
    getStyleClass().add("tail");
    setAccessibleRole(AccessibleRole.TEXT);
    setMinHeight(0);
    one.getStyleClass().add("text");
    text.getChildren().add(one);
    one.fontProperty().addListener((o, before, now) -> requestLayout());
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
    Fit wanted = new Fit(whole.get(), width, getMaxHeight(), one.getFont());
    if (!wanted.equals(fitted)) {
      show(wanted);
      fitted = wanted;
    }
    return height;
  }

  private void show(Fit wanted) {
    String all = wanted.all;
    double width = wanted.width;
    int most = mostLetters(width);
    if (all.length() <= most && fits(all, width)) {
      return;
    }
    int fits = all.length();
    int not = Math.max(0, all.length() - most);
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
  }

  /** More letters than have room, however thin they are. */
  private int mostLetters(double width) {
    double size = one.getFont().getSize();
    double lines = Math.ceil(getMaxHeight() / size);
    return (int) Math.clamp(lines * width / (THINNEST * size), 16, Integer.MAX_VALUE);
  }

  private static String from(String all, int at) {
    return "… " + all.substring(at);
  }

  private boolean fits(String s, double width) {
    double room = Math.max(1, width - snappedLeftInset() - snappedRightInset());
    if (!s.equals(shown)) {
      shown = s;
      if (Wrapping.breaks(s)) {
        one.setText(s);
        if (!text.getChildren().equals(List.of(one))) {
          text.getChildren().setAll(one);
        }
      } else {
        text.getChildren().setAll(Wrapping.texts(s, "text"));
      }
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
