package org.emslens.app.controls;

import java.util.function.DoubleConsumer;
import java.util.function.DoubleUnaryOperator;
import javafx.geometry.Pos;
import javafx.scene.chart.Axis;
import javafx.scene.control.Slider;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.util.StringConverter;

/**
 * A number as a slider with a field beside it. Digits that are typed on the slider go to the field.
 */
public final class Amount extends HBox {
  /** Widths of a letter that a number below the slider takes. */
  private static final double LABEL = 3.2;

  private final Slider slider;
  private final boolean logarithmic;
  private final DoubleUnaryOperator round;
  private boolean showing;

  /**
   * @param id of both together; the slider's ends in `-slider`
   * @param logarithmic whether equal ways of the thumb are equal factors
   * @param round to a value that the number can have
   * @param moved told where the user moved the slider to
   */
  public Amount(
      String id,
      NumberField<?> field,
      boolean logarithmic,
      double low,
      double high,
      DoubleUnaryOperator round,
      DoubleConsumer moved) {
    super(6);
    this.logarithmic = logarithmic;
    this.round = round;
    setId(id);
    setAlignment(Pos.CENTER_LEFT);
    slider = new Slider(place(low), place(high), place(low));
    slider.setId(id + "-slider");
    slider.setMinWidth(40);
    slider.setAccessibleText(field.getAccessibleText());
    slider.tooltipProperty().bind(field.tooltipProperty());
    slider.setBlockIncrement(logarithmic ? 0.125 : (high - low) / 20);
    HBox.setHgrow(slider, Priority.ALWAYS);
    slider
        .valueProperty()
        .addListener(
            (o, before, now) -> {
              if (!showing) {
                moved.accept(round.applyAsDouble(value(now.doubleValue())));
              }
            });
    slider.addEventHandler(
        KeyEvent.KEY_TYPED,
        e -> {
          if (e.getCharacter().matches("[0-9]")) {
            field.begin(e.getCharacter());
            e.consume();
          }
        });
    // A press beside the track, on the numbers below it, is meant for the slider as well.
    slider.addEventFilter(MouseEvent.MOUSE_PRESSED, e -> slider.requestFocus());
    addEventHandler(
        MouseEvent.MOUSE_PRESSED,
        e -> {
          if (e.getTarget() == this) {
            slider.requestFocus();
          }
        });
    getChildren().addAll(slider, field);
  }

  private double place(double value) {
    return logarithmic ? Math.log(value) / Math.log(2) : value;
  }

  private double value(double place) {
    return logarithmic ? Math.pow(2, place) : place;
  }

  /** Marks doublings from a value on, with their numbers. */
  public Amount ticks(double from) {
    // The last number reaches beyond the track.
    setSpacing(12);
    slider.setShowTickLabels(true);
    slider.setShowTickMarks(true);
    slider.setMajorTickUnit(1);
    slider.setMinorTickCount(0);
    slider.skinProperty().addListener((o, before, now) -> stillAxis());
    slider.setLabelFormatter(
        new StringConverter<>() {
          @Override
          public String toString(Double at) {
            double x = value(at);
            double each = slider.getWidth() / slider.getMax();
            long every = Math.max(1, (long) Math.ceil(LABEL * fontSize() / each));
            boolean left = Math.round(at - place(from)) % every != 0;
            return x < from || left ? "" : Format.count(Math.round(x));
          }

          @Override
          public Double fromString(String text) {
            throw new UnsupportedOperationException();
          }
        });
    return this;
  }

  private double fontSize() {
    return slider.lookup(".axis") instanceof Axis<?> axis ? axis.getTickLabelFont().getSize() : 10;
  }

  /** Numbers that fly about while the range changes say nothing. */
  private void stillAxis() {
    if (slider.lookup(".axis") instanceof Axis<?> axis) {
      axis.setAnimated(false);
    }
  }

  /** Shows a value that was set elsewhere, and the largest that there is now. */
  public void show(double value, double high) {
    showing = true;
    try {
      double most = logarithmic ? Math.ceil(place(high)) : place(high);
      slider.setMax(most);
      if (round.applyAsDouble(value(slider.getValue())) != value) {
        slider.setValue(Math.min(most, place(value)));
      }
    } finally {
      showing = false;
    }
  }
}
