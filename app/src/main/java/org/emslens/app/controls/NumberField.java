package org.emslens.app.controls;

import java.util.function.Consumer;
import java.util.function.Function;
import javafx.application.Platform;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;

/**
 * A number to type: Enter or leaving the field sets it, Escape takes it back, the arrows step. What
 * cannot be read is told, and the number stays as it was.
 *
 * @param <T> what the text stands for
 */
public final class NumberField<T> extends TextField {
  private static final int MOST_LETTERS = 12;

  private final Function<String, T> parse;
  private final Function<T, String> format;
  private final Consumer<T> set;
  private final Consumer<String> failed;
  private T value;
  private boolean refused;

  /** Letters that there is room for at least. */
  private int letters = 5;

  /** Whether the focus comes with a first character, which is not to be replaced by the next. */
  private boolean begun;

  private Function<T, T> up = x -> x;
  private Function<T, T> down = x -> x;

  /**
   * @param parse throws IllegalArgumentException with a sentence on what was expected
   * @param set told what the user typed
   * @param failed told that sentence, and nothing once it no longer holds
   */
  public NumberField(
      String id,
      String about,
      T value,
      Function<String, T> parse,
      Function<T, String> format,
      Consumer<T> set,
      Consumer<String> failed) {
    this.parse = parse;
    this.format = format;
    this.set = set;
    this.failed = failed;
    setId(id);
    setTooltip(new Tooltip(about));
    setAccessibleText(about);
    getStyleClass().add("number-field");
    setMinWidth(USE_PREF_SIZE);
    textProperty().addListener((o, before, now) -> fit());
    setValue(value);
    fit();
    focusedProperty()
        .addListener(
            (o, before, now) -> {
              if (now && begun) {
                begun = false;
              } else if (now) {
                Platform.runLater(this::selectAll);
              } else {
                commit();
              }
            });
    // A number is replaced more often than it is edited.
    addEventHandler(
        MouseEvent.MOUSE_CLICKED,
        e -> {
          if (e.getClickCount() == 1 && e.isStillSincePress()) {
            selectAll();
          }
        });
    addEventFilter(KeyEvent.KEY_PRESSED, this::key);
  }

  /**
   * A whole number within bounds.
   *
   * @param name what the user reads beside it
   */
  public static NumberField<Integer> whole(
      String id,
      String name,
      String about,
      int value,
      int low,
      int high,
      Consumer<Integer> set,
      Consumer<String> failed) {
    NumberField<Integer> f =
        new NumberField<>(
            id,
            about,
            value,
            s -> parseWhole(name, s, low, high),
            n -> Format.count(n),
            set,
            failed);
    f.steps(n -> Math.min(high, n + 1), n -> Math.max(low, n - 1));
    return f;
  }

  /**
   * @param name what the user reads beside the number
   * @throws IllegalArgumentException in one sentence, where it is none within bounds
   */
  public static int parseWhole(String name, String text, int low, int high) {
    String digits = withoutGroups(text);
    if (digits.matches("[0-9]{1,9}")) {
      int n = Integer.parseInt(digits);
      if (n >= low && n <= high) {
        return n;
      }
    }
    throw new IllegalArgumentException(
        name
            + " is '"
            + text
            + "'; expected a whole number from "
            + Format.count(low)
            + " to "
            + Format.count(high)
            + ".");
  }

  /** Without the commas between thousands; a comma elsewhere stays, and is no digit. */
  public static String withoutGroups(String text) {
    String number = text.strip();
    return number.matches("[0-9]{1,3}(,[0-9]{3})+") ? number.replace(",", "") : number;
  }

  /**
   * A number within bounds.
   *
   * @param name what the user reads beside it
   */
  public static NumberField<Double> decimal(
      String id,
      String name,
      String about,
      double value,
      double low,
      double high,
      double step,
      Consumer<Double> set,
      Consumer<String> failed) {
    NumberField<Double> f =
        new NumberField<>(
            id, about, value, s -> parseDecimal(name, s, low, high), Format::plain, set, failed);
    f.steps(
        x -> Math.min(high, Math.round((x + step) * 1e6) / 1e6),
        x -> Math.max(low, Math.round((x - step) * 1e6) / 1e6));
    return f;
  }

  private static double parseDecimal(String name, String text, double low, double high) {
    try {
      double x = Double.parseDouble(text.strip());
      if (x >= low && x <= high) {
        return x;
      }
    } catch (NumberFormatException e) {
      // Said below, as for numbers out of range.
    }
    throw new IllegalArgumentException(
        name
            + " is '"
            + text
            + "'; expected a number from "
            + Format.plain(low)
            + " to "
            + Format.plain(high)
            + ".");
  }

  /** Room for so many letters at least; what is longer makes the field wider. */
  public NumberField<T> letters(int least) {
    letters = least;
    fit();
    return this;
  }

  private void fit() {
    setPrefColumnCount(Math.clamp(getText().length(), letters, MOST_LETTERS));
  }

  /** What the arrow keys make of the number. */
  public NumberField<T> steps(Function<T, T> higher, Function<T, T> lower) {
    up = higher;
    down = lower;
    return this;
  }

  /** Shows a value that was set elsewhere; what the user is typing meanwhile stays. */
  public void setValue(T x) {
    boolean typing = isFocused() && value != null && !getText().equals(format.apply(value));
    value = x;
    if (!typing && !getText().equals(format.apply(x))) {
      setText(format.apply(x));
    }
  }

  /** Takes a first character as if it had been typed into an empty field. */
  void begin(String first) {
    begun = true;
    requestFocus();
    setText(first);
    positionCaret(first.length());
  }

  /** Whether nothing is being typed. */
  public boolean isUnchanged() {
    return getText().equals(format.apply(value));
  }

  public T getValue() {
    return value;
  }

  private void key(KeyEvent e) {
    if (e.isShortcutDown() || e.isAltDown()) {
      return;
    }
    if (e.getCode() == KeyCode.ENTER) {
      if (isUnchanged()) {
        mended();
      }
      commit();
      selectAll();
      e.consume();
    } else if (e.getCode() == KeyCode.ESCAPE && !getText().equals(format.apply(value))) {
      setText(format.apply(value));
      selectAll();
      e.consume();
    } else if (e.getCode() == KeyCode.UP || e.getCode() == KeyCode.DOWN) {
      commit();
      change((e.getCode() == KeyCode.UP ? up : down).apply(value));
      selectAll();
      e.consume();
    }
  }

  private void commit() {
    if (getText().equals(format.apply(value))) {
      return;
    }
    try {
      change(parse.apply(getText()));
    } catch (IllegalArgumentException e) {
      setText(format.apply(value));
      refused = true;
      failed.accept(e.getMessage());
    }
  }

  /** What was refused has made way for something else. */
  private void mended() {
    if (refused) {
      refused = false;
      failed.accept("");
    }
  }

  private void change(T x) {
    mended();
    boolean other = !x.equals(value);
    value = x;
    setText(format.apply(x));
    if (other) {
      set.accept(x);
    }
  }
}
