package org.emslens.app.main;

import java.io.File;
import java.util.Locale;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SplitMenuButton;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import org.controlsfx.control.SegmentedButton;
import org.emslens.app.settings.Theme;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** The top of the window: which model, which page, files, light or dark. */
final class Header extends HBox {
  private final Lens lens;

  Header(Lens lens, ObjectProperty<Page> page, ObjectProperty<Theme> theme) {
    super(10);
    this.lens = lens;
    getStyleClass().add("header");
    setAlignment(Pos.CENTER_LEFT);
    Label name = new Label("EMS Lens");
    name.getStyleClass().add("title");
    name.setMinWidth(USE_PREF_SIZE);
    Label model = new Label();
    model.setId("model-title");
    model
        .textProperty()
        .bind(
            Bindings.when(lens.modelTitleProperty().isEmpty())
                .then("no model yet")
                .otherwise(lens.modelTitleProperty()));
    Label backend = new Label();
    backend.setId("backend");
    backend.getStyleClass().add("card-note");
    backend.textProperty().bind(lens.backendProperty());
    Button save = new Button("Save", new FontIcon(Material2MZ.SAVE));
    save.setId("save");
    save.setTooltip(new Tooltip("Save the session to one file that opens without the model"));
    save.disableProperty().bind(lens.runProperty().isNull());
    save.setOnAction(e -> saveFile());
    Button look = new Button("", new FontIcon(Material2AL.BRIGHTNESS_6));
    look.setId("theme");
    look.setTooltip(new Tooltip("Light or dark"));
    look.setOnAction(e -> theme.set(theme.get().other()));
    getChildren().addAll(name, model, backend, space(), pages(page), space(), open(), save, look);
  }

  private static Region space() {
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    return space;
  }

  private static SegmentedButton pages(ObjectProperty<Page> page) {
    SegmentedButton buttons = new SegmentedButton();
    ToggleGroup group = new ToggleGroup();
    for (Page p : Page.values()) {
      ToggleButton b = new ToggleButton(p.title());
      b.setId("page-" + p.title().toLowerCase(Locale.ROOT));
      b.setTooltip(new Tooltip(p.about()));
      b.setUserData(p);
      b.setMinWidth(USE_PREF_SIZE);
      b.setSelected(p == page.get());
      buttons.getButtons().add(b);
    }
    buttons.setToggleGroup(group);
    group
        .selectedToggleProperty()
        .addListener(
            (o, before, now) -> {
              if (now == null) {
                before.setSelected(true);
              } else {
                page.set((Page) now.getUserData());
              }
            });
    page.addListener(
        (o, before, now) ->
            buttons.getButtons().forEach(b -> b.setSelected(b.getUserData() == now)));
    return buttons;
  }

  private SplitMenuButton open() {
    SplitMenuButton open = new SplitMenuButton();
    open.setId("open");
    open.setText("Open");
    open.setGraphic(new FontIcon(Material2AL.FOLDER_OPEN));
    open.setTooltip(
        new Tooltip("A model (GGUF) or a recorded session (.emslens); or drop it on the window"));
    open.setOnAction(e -> openFile());
    MenuItem folder = new MenuItem("Model folder …");
    folder.setOnAction(e -> openFolder());
    MenuItem standard = new MenuItem("Default model");
    standard.setOnAction(e -> lens.openDefault());
    open.getItems().setAll(folder, standard);
    return open;
  }

  private void openFile() {
    FileChooser chooser = new FileChooser();
    chooser.setTitle("Open a model or a recorded session");
    chooser
        .getExtensionFilters()
        .setAll(
            new FileChooser.ExtensionFilter(
                "Models and sessions", "*.gguf", "*.emslens", "config.json"),
            new FileChooser.ExtensionFilter("All files", "*"));
    File f = chooser.showOpenDialog(getScene().getWindow());
    if (f != null) {
      lens.open(f.toPath());
    }
  }

  private void openFolder() {
    File f = new DirectoryChooser().showDialog(getScene().getWindow());
    if (f != null) {
      lens.open(f.toPath());
    }
  }

  private void saveFile() {
    FileChooser chooser = new FileChooser();
    chooser.setTitle("Save the session");
    chooser.setInitialFileName("session.emslens");
    File f = chooser.showSaveDialog(getScene().getWindow());
    if (f != null) {
      lens.save(f.toPath());
    }
  }
}
