package org.emslens.app.timeline;

import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.collections.ListChangeListener;
import javafx.geometry.Bounds;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Slider;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.stage.PopupWindow;
import org.emslens.app.controls.Look;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Parts;
import org.emslens.app.lens.Branches;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** Step, back, play, how fast, branches that were left, and the film strip to scrub. */
public final class TimelineView extends HBox {
  private static final int USUAL_COUNT = 16;
  private static final int MOST = 100_000;

  private final FilmStrip film;

  public TimelineView(Lens lens, TimelineModel model) {
    super(6);
    setAlignment(Pos.CENTER_LEFT);
    getStyleClass().add("timeline");
    film = new FilmStrip(lens, model);
    HBox.setHgrow(film, Priority.ALWAYS);
    film.setMinWidth(160);
    film.prefHeightProperty()
        .bind(
            Bindings.createDoubleBinding(
                () -> 52 * film.lookProperty().get().text(), film.lookProperty()));
    film.minHeightProperty().bind(film.prefHeightProperty());
    Button first =
        Parts.button(
            "first", Material2AL.FIRST_PAGE, "To the end of the prompt (Home)", model::first);
    Button back =
        Parts.button("back", Material2AL.CHEVRON_LEFT, "One step back (Left)", model::back);
    Button step =
        Parts.button(
            "step",
            Material2AL.CHEVRON_RIGHT,
            "One step on; beyond the last, generate (Right)",
            model::forward);
    step.getStyleClass().add("accent");
    step.setText("Step");
    Button last =
        Parts.button("last", Material2AL.LAST_PAGE, "To the last step (End)", model::last);
    NumberField<Integer> count =
        NumberField.whole(
            "tokens",
            "tokens to generate",
            "Tokens that Generate adds",
            USUAL_COUNT,
            1,
            MOST,
            n -> {},
            lens.said().faults("tokens"));
    count.steps(n -> Math.min(MOST, n + 8), n -> Math.max(1, n - 8));
    count.letters(3);
    Button generate =
        Parts.button(
            "generate",
            Material2AL.FAST_FORWARD,
            "So many tokens after the last step",
            () -> model.generate(count.getValue()));
    generate.setText("Generate");
    generate.disableProperty().bind(lens.canGoOnBinding().not());
    ToggleButton play = play(model, step);
    Parts.leaveTo(this, generate, first, last, play);
    Label at = new Label();
    at.setId("step-label");
    at.getStyleClass().add("number");
    at.setMinWidth(Region.USE_PREF_SIZE);
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
    first.disableProperty().bind(back.disableProperty());
    last.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> {
                  View v = lens.viewProperty().get();
                  return v == null || v.stepIndex() == v.run().steps().size() - 1;
                },
                lens.viewProperty()));
    step.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                model::isAtTheEnd, lens.viewProperty(), lens.canGoOnBinding()));
    getChildren()
        .addAll(
            first, back, step, last, play, speed(model), generate, count, branches(lens), at, film);
  }

  private static ToggleButton play(TimelineModel model, Button step) {
    ToggleButton play = new ToggleButton("", new FontIcon(Material2MZ.PLAY_ARROW));
    play.setId("play");
    play.setTooltip(new Tooltip("Play and pause (Space)"));
    play.setAccessibleText("Play and pause");
    play.setMinWidth(Region.USE_PREF_SIZE);
    play.selectedProperty().bindBidirectional(model.playingProperty());
    play.disableProperty().bind(step.disableProperty().and(play.selectedProperty().not()));
    play.graphicProperty()
        .bind(
            Bindings.createObjectBinding(
                () -> new FontIcon(play.isSelected() ? Material2MZ.PAUSE : Material2MZ.PLAY_ARROW),
                play.selectedProperty()));
    return play;
  }

  private static Slider speed(TimelineModel model) {
    Slider speed = new Slider(1, 30, 8);
    speed.setId("speed");
    speed.setAccessibleText("Steps per second");
    speed.setPrefWidth(72);
    speed.setMinWidth(50);
    speed.setTooltip(new Tooltip("Steps per second"));
    speed.valueProperty().bindBidirectional(model.speedProperty());
    return speed;
  }

  private static MenuButton branches(Lens lens) {
    MenuButton menu = new MenuButton("", new FontIcon(Material2AL.CALL_SPLIT));
    menu.setId("branches");
    menu.setTooltip(new Tooltip("Branches that were left: go back to one"));
    menu.setAccessibleText("Branches");
    menu.setMinWidth(Region.USE_PREF_SIZE);
    menu.visibleProperty().bind(Bindings.isNotEmpty(lens.branches().left()));
    menu.managedProperty().bind(menu.visibleProperty());
    lens.branches().left().addListener((ListChangeListener<Branches.Branch>) c -> list(menu, lens));
    menu.setOnShowing(e -> list(menu, lens));
    menu.setOnShown(e -> standUpon(menu));
    return menu;
  }

  /**
   * JavaFX measures a list by what it held when it was last open, and the steps lie at the foot.
   */
  private static void standUpon(MenuButton menu) {
    ContextMenu list = menu.getItems().getFirst().getParentPopup();
    Bounds button = menu.localToScreen(menu.getBoundsInLocal());
    list.setAnchorLocation(PopupWindow.AnchorLocation.CONTENT_BOTTOM_LEFT);
    list.setAnchorX(button.getMinX());
    list.setAnchorY(button.getMinY());
  }

  /** Labels say how a run differs from the shown one. */
  private static void list(MenuButton menu, Lens lens) {
    menu.getItems().setAll(lens.branches().left().stream().map(b -> item(lens, b)).toList());
  }

  private static MenuItem item(Lens lens, Branches.Branch b) {
    MenuItem item = new MenuItem(b.label(lens.runProperty().get()));
    item.setMnemonicParsing(false);
    item.setOnAction(e -> lens.generation().goBack(b));
    return item;
  }

  private static String label(View v) {
    if (v == null) {
      return "no steps";
    }
    int last = v.run().steps().size() - 1;
    return "step "
        + v.stepIndex()
        + " of "
        + last
        + (v.run().turns().stream().anyMatch(t -> t.holds(v.stepIndex())) ? ", asked" : "")
        + (v.run().ended() && v.stepIndex() == last ? ", ended" : "");
  }

  /** Follows the theme and the size of text. */
  public ObjectProperty<Look> lookProperty() {
    return film.lookProperty();
  }

  /** Makes the steps what the keyboard acts on. */
  public void focusSteps() {
    film.requestFocus();
  }

  /** Whether what is drawn is what there is. */
  public boolean isCurrent() {
    return film.isCurrent();
  }
}
