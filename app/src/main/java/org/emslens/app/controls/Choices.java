package org.emslens.app.controls;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.control.skin.ComboBoxListViewSkin;
import javafx.scene.layout.VBox;
import org.controlsfx.control.CheckComboBox;
import org.emslens.cache.Policies;
import org.emslens.experiment.Contender;

/** The fields that experiments are described with. */
public final class Choices {
  private Choices() {}

  /** One policy to choose; its list opens where the chosen one is. */
  public static ComboBox<Policies> policy(String id, String about) {
    ComboBox<Policies> box = new ComboBox<>();
    box.setId(id);
    box.setAccessibleText(about);
    box.getItems().setAll(Policies.values());
    box.setConverter(Titles.of(Policies::title));
    box.setOnShown(
        e -> {
          if (box.getSkin() instanceof ComboBoxListViewSkin<?> skin
              && skin.getPopupContent() instanceof ListView<?> list) {
            list.scrollTo(Math.max(0, box.getSelectionModel().getSelectedIndex() - 2));
          }
        });
    return box;
  }

  /** Policies to tick. */
  public static CheckComboBox<Policies> policies(String id, List<Policies> ticked) {
    CheckComboBox<Policies> box = new CheckComboBox<>();
    box.setId(id);
    box.getItems().setAll(Policies.values());
    box.setConverter(Titles.of(Policies::title));
    ticked.forEach(box.getCheckModel()::check);
    box.setMaxWidth(Double.MAX_VALUE);
    return box;
  }

  public static List<Contender> contenders(CheckComboBox<Policies> box) {
    return box.getCheckModel().getCheckedItems().stream()
        .map(p -> new Contender(p, Map.of()))
        .toList();
  }

  /** Values between commas. */
  public static TextField field(String id, String value, String what) {
    TextField f = new TextField(value);
    f.setId(id);
    f.setTooltip(new Tooltip(what));
    return f;
  }

  /**
   * @throws IllegalArgumentException in one sentence, where a part cannot be read
   */
  public static <T> List<T> parse(TextField field, String name, Function<String, T> one) {
    List<String> parts =
        Arrays.stream(field.getText().split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .toList();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          name + ": nothing is written; expected numbers, with commas between them.");
    }
    try {
      return parts.stream().map(one).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " is '" + field.getText() + "'; expected numbers, with commas between them.", e);
    }
  }

  /** What stands between spaces, with commas before them or without. */
  public static List<String> words(TextField field) {
    return Arrays.stream(field.getText().split(",?\\s+|,$")).filter(w -> !w.isEmpty()).toList();
  }

  /**
   * Whole numbers above 0, between commas.
   *
   * @throws IllegalArgumentException in one sentence, where a part cannot be read
   */
  public static List<Integer> wholes(TextField field, String name) {
    List<Integer> all = parse(field, name, Integer::valueOf);
    for (int n : all) {
      if (n < 1) {
        throw new IllegalArgumentException(name + " has " + n + "; expected numbers above 0.");
      }
    }
    return all;
  }

  /** A field under its name. */
  public static VBox named(String name, Node field) {
    Label label = new Label(name);
    label.getStyleClass().add("card-note");
    return new VBox(2, label, field);
  }
}
