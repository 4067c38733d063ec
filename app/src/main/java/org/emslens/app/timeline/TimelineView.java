package org.emslens.app.timeline;

import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Spinner;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.emslens.app.controls.Palette;
import org.emslens.app.main.Lens;
import org.emslens.app.main.View;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** Step, back, play, how fast, and the film strip to scrub. */
public final class TimelineView extends HBox {
  private final FilmStrip film;

  public TimelineView(Lens lens, TimelineModel model) {
    super(6);
    setAlignment(Pos.CENTER_LEFT);
    getStyleClass().add("timeline");
    film = new FilmStrip(lens);
    HBox.setHgrow(film, Priority.ALWAYS);
    film.setPrefHeight(56);
    Button first =
        button("first", Material2AL.FIRST_PAGE, "To the end of the prompt (Home)", model::first);
    Button back = button("back", Material2AL.CHEVRON_LEFT, "One step back (Left)", model::back);
    Button step =
        button(
            "step",
            Material2AL.CHEVRON_RIGHT,
            "One step on; beyond the last, generate (Right)",
            model::forward);
    step.getStyleClass().add("accent");
    step.setText("Step");
    Button last = button("last", Material2AL.LAST_PAGE, "To the last step (End)", model::last);
    ToggleButton play = new ToggleButton("", new FontIcon(Material2MZ.PLAY_ARROW));
    play.setId("play");
    play.setTooltip(new Tooltip("Play and pause (Space)"));
    play.setMinWidth(Region.USE_PREF_SIZE);
    play.selectedProperty().bindBidirectional(model.playingProperty());
    play.graphicProperty()
        .bind(
            Bindings.createObjectBinding(
                () -> new FontIcon(play.isSelected() ? Material2MZ.PAUSE : Material2MZ.PLAY_ARROW),
                play.selectedProperty()));
    Slider speed = new Slider(1, 30, 8);
    speed.setId("speed");
    speed.setPrefWidth(72);
    speed.setMinWidth(60);
    speed.setTooltip(new Tooltip("Steps per second"));
    speed.valueProperty().bindBidirectional(model.speedProperty());
    Spinner<Integer> count = new Spinner<>(1, 2048, 16, 8);
    count.setId("count");
    count.setEditable(true);
    count.setPrefWidth(76);
    count.setMinWidth(76);
    Button generate = new Button("Generate", new FontIcon(Material2AL.FAST_FORWARD));
    generate.setId("generate");
    generate.setTooltip(new Tooltip("So many tokens after the last step"));
    generate.setMinWidth(Region.USE_PREF_SIZE);
    generate.setOnAction(e -> lens.step(count.getValue()));
    generate
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !TimelineModel.canGenerate(lens.viewProperty().get()), lens.viewProperty()));
    Label at = new Label();
    at.setId("step-label");
    at.getStyleClass().add("number");
    at.setMinWidth(92);
    at.textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> label(lens.viewProperty().get()), lens.viewProperty()));
    back.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () ->
                    lens.viewProperty().get() == null || lens.viewProperty().get().stepIndex() == 0,
                lens.viewProperty()));
    step.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> atTheEnd(lens.viewProperty().get()), lens.viewProperty()));
    getChildren().addAll(first, back, step, last, play, speed, at, generate, count, film);
  }

  private static boolean atTheEnd(View v) {
    return v == null
        || v.stepIndex() == v.run().steps().size() - 1 && !TimelineModel.canGenerate(v);
  }

  private static String label(View v) {
    return v == null ? "no steps" : "step " + v.stepIndex() + " of " + (v.run().steps().size() - 1);
  }

  private static Button button(String id, Ikon icon, String what, Runnable action) {
    Button b = new Button("", new FontIcon(icon));
    b.setId(id);
    b.setTooltip(new Tooltip(what));
    b.setMinWidth(Region.USE_PREF_SIZE);
    b.setOnAction(e -> action.run());
    return b;
  }

  /** Follows the theme. */
  public ObjectProperty<Palette> paletteProperty() {
    return film.paletteProperty();
  }
}
