package org.emslens.app.controls;

import java.util.function.Function;
import javafx.util.StringConverter;

/** How choices are written in boxes that are picked from, not typed into. */
public final class Titles {
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
}
