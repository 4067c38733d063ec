package org.emslens.app.main;

import java.util.Locale;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.scene.control.Button;
import javafx.scene.control.CheckMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.SplitMenuButton;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;
import org.controlsfx.control.SegmentedButton;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.WrapBar;
import org.emslens.app.lens.Lens;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** The top of the window: which model, which page, files, undo, light or dark, help. */
final class Header extends StackPane {

  private static final double MOST_OF_TITLE = 420;

  /**
   * @param turned gives the focus to the page that a click has turned to
   */
  Header(
      Lens lens,
      Commands commands,
      ObjectProperty<Page> page,
      BooleanProperty asks,
      Runnable turned) {
    getStyleClass().add("header");
    Label name = new Label("EMS Lens");
    name.getStyleClass().add("title");
    name.setMinWidth(USE_PREF_SIZE);
    Label model = new Label();
    model.setId("model-title");
    model.textProperty().bind(commands.modelTitleBinding());
    Tooltip whole = new Tooltip();
    whole.textProperty().bind(model.textProperty());
    model.setTooltip(whole);
    DeviceMenu device = new DeviceMenu(lens.models(), commands::useDevice);
    Button undo =
        Parts.button(
            "undo",
            Material2MZ.UNDO,
            "Take the last change of settings back (Ctrl+Z)",
            commands::undo);
    BooleanBinding elsewhere = page.isNotEqualTo(Page.INSPECT);
    undo.disableProperty().bind(lens.settings().canUndoProperty().not().or(elsewhere));
    Button redo =
        Parts.button("redo", Material2MZ.REDO, "Make it again (Ctrl+Shift+Z)", commands::redo);
    redo.disableProperty().bind(lens.settings().canRedoProperty().not().or(elsewhere));
    Button look =
        Parts.button("theme", Material2AL.BRIGHTNESS_6, "Light or dark", commands::otherTheme);
    Button copy =
        Parts.button(
            "copy-command",
            Material2AL.CONTENT_COPY,
            "Copy as command line: the line that repeats what this page holds",
            commands::copyCommand);
    Button help = Parts.button("help", Material2AL.HELP_OUTLINE, "Shortcuts (F1)", commands::help);
    model.setMinWidth(USE_PREF_SIZE);
    model.setMaxWidth(MOST_OF_TITLE);
    getChildren()
        .add(
            new WrapBar(
                12,
                Parts.group(name, model, device),
                pages(page, turned),
                Parts.group(
                    open(commands, asks), save(lens, commands), undo, redo, copy, look, help)));
  }

  private static SegmentedButton pages(ObjectProperty<Page> page, Runnable turned) {
    SegmentedButton buttons = new SegmentedButton();
    ToggleGroup group = new ToggleGroup();
    for (Page p : Page.values()) {
      ToggleButton b = new ToggleButton(p.title());
      b.setId("page-" + p.title().toLowerCase(Locale.ROOT));
      b.setTooltip(new Tooltip(p.about()));
      b.setUserData(p);
      b.setMinWidth(USE_PREF_SIZE);
      b.setSelected(p == page.get());
      b.setOnMouseClicked(e -> turned.run());
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
    buttons.setMinWidth(USE_PREF_SIZE);
    return buttons;
  }

  private static SplitMenuButton save(Lens lens, Commands commands) {
    MenuItem picture = new MenuItem("Picture of this page …");
    picture.setId("save-picture");
    picture.setOnAction(e -> commands.savePicture());
    SplitMenuButton save = new SplitMenuButton(picture);
    save.setId("save");
    save.setText("Save");
    save.setGraphic(new FontIcon(Material2MZ.SAVE));
    save.setMinWidth(USE_PREF_SIZE);
    save.setTooltip(
        new Tooltip("Save the session to one file that opens without the model (Ctrl+S)"));
    save.setAccessibleText("Save the session");
    save.setOnAction(e -> commands.save());
    save.disableProperty().bind(lens.runProperty().isNull());
    return save;
  }

  private static SplitMenuButton open(Commands commands, BooleanProperty asks) {
    SplitMenuButton open = new SplitMenuButton();
    open.setId("open");
    open.setText("Open");
    open.setGraphic(new FontIcon(Material2AL.FOLDER_OPEN));
    open.setMinWidth(USE_PREF_SIZE);
    open.setTooltip(
        new Tooltip(
            "A model (GGUF) or a recorded session (.emslens), Ctrl+O; or drop it on the window"));
    open.setOnAction(e -> commands.open());
    MenuItem folder = new MenuItem("Model folder …");
    folder.setOnAction(e -> commands.openFolder());
    MenuItem standard = new MenuItem("Default model");
    standard.setOnAction(e -> commands.openDefault());
    CheckMenuItem ask = new CheckMenuItem("Ask before unsaved tokens are lost");
    ask.setId("ask-before-closing");
    ask.selectedProperty().bindBidirectional(asks);
    open.getItems().setAll(folder, standard, new SeparatorMenuItem(), ask);
    return open;
  }
}
