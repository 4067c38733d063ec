package org.emslens.app.main;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.MenuButton;
import javafx.scene.control.RadioMenuItem;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import org.emslens.app.lens.Models;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;

/** What computes, and what else could; a choice loads the open model there. */
final class DeviceMenu extends MenuButton {
  private static final double MOST = 170;

  private final Models models;
  private final ToggleGroup group = new ToggleGroup();

  /**
   * @param choose told the id of the chosen device, null for the best there is
   */
  DeviceMenu(Models models, Consumer<String> choose) {
    this.models = models;
    setId("device");
    getStyleClass().add("card-note");
    setMaxWidth(MOST);
    ObservableValue<Models.Open> open = models.modelProperty();
    textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> open.getValue() == null ? "Device" : brief(open.getValue().device()), open));
    Tooltip whole = new Tooltip();
    whole
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    open.getValue() == null
                        ? "What computes"
                        : "What computes: "
                            + open.getValue().device()
                            + ". Click to choose another.",
                open));
    setTooltip(whole);
    setOnShowing(e -> mark());
    // Asking drivers takes a moment.
    Thread.ofVirtual()
        .start(
            () -> {
              List<DeviceProvider.Found> found = Devices.find();
              Platform.runLater(() -> fill(found, choose));
            });
  }

  /** What it is, without what it is made of. */
  private static String brief(String device) {
    int more = device.indexOf(" (");
    return more < 0 ? device : device.substring(0, more);
  }

  private void fill(List<DeviceProvider.Found> found, Consumer<String> choose) {
    getItems().add(item(null, "The best there is", true, choose));
    for (DeviceProvider.Found f : found) {
      String about = f.usable() ? f.name() : f.name() + ": " + f.unusable();
      getItems().add(item(f.id(), f.id() + ", " + about, f.usable(), choose));
    }
    mark();
  }

  private RadioMenuItem item(String id, String text, boolean usable, Consumer<String> choose) {
    RadioMenuItem item = new RadioMenuItem(text);
    item.setId("device-" + (id == null ? "best" : id));
    item.setUserData(id);
    item.setToggleGroup(group);
    item.setDisable(!usable);
    item.setOnAction(e -> choose.accept(id));
    return item;
  }

  /** What is chosen is marked, not what was clicked: a question may come between. */
  private void mark() {
    String chosen = models.deviceProperty().get();
    group.getToggles().stream()
        .filter(t -> Objects.equals(t.getUserData(), chosen))
        .findFirst()
        .ifPresent(group::selectToggle);
  }
}
