package org.emslens.app.controls;

import java.util.Locale;
import java.util.function.Function;
import javafx.scene.control.ComboBox;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import javafx.util.StringConverter;

/** How choices are written in boxes that are picked from, not typed into. */
public final class Titles {
  /** What a box has around its entry, in heights of a letter. */
  private static final double AROUND = 4;

  private Titles() {}

  public static <T> StringConverter<T> of(Function<T, String> title) {
    return new StringConverter<>() {
      @Override
      public String toString(T value) {
        return value == null ? "" : title.apply(value);
      }

      @Override
      public T fromString(String text) {
        throw new UnsupportedOperationException();
      }
    };
  }

  /**
   * Makes a box as wide as its longest entry in its own size of text. By itself it stays as wide as
   * it was with the largest text that it ever had.
   */
  public static <T> void fit(ComboBox<T> box) {
    double letters = 0;
    for (T item : box.getItems()) {
      String title =
          box.getConverter() == null ? String.valueOf(item) : box.getConverter().toString(item);
      letters = Math.max(letters, new Text(title).getLayoutBounds().getWidth());
    }
    double em = letters / Font.getDefault().getSize() + AROUND;
    box.setStyle(String.format(Locale.ROOT, "-fx-pref-width: %.2fem;", em));
  }
}
