package org.emslens.app.experiment;

import java.util.List;
import javafx.scene.control.ComboBox;
import org.emslens.app.controls.Titles;
import org.emslens.app.experiment.QuestionBox.Place;

/** Where a hidden fact is asked for. */
public final class QuestionBox extends ComboBox<Place> {

  /** A place, or both. */
  public enum Place {
    INSIDE("inside the prompt", List.of("inside")),
    AFTER("after the compression", List.of("after")),
    BOTH("both", List.of("inside", "after"));

    private final String title;
    private final List<String> words;

    Place(String title, List<String> words) {
      this.title = title;
      this.words = words;
    }
  }

  public QuestionBox(String id) {
    setId(id);
    getItems().setAll(Place.values());
    setConverter(Titles.of(p -> p.title));
    setValue(Place.INSIDE);
    setMaxWidth(Double.MAX_VALUE);
  }

  /** For each kind of task whether its question is inside the prompt. */
  public List<Boolean> inside() {
    return getValue().words.stream().map("inside"::equals).toList();
  }

  /** The same as an option of the command line. */
  public List<String> option() {
    return List.of("--question", String.join(",", getValue().words));
  }
}
