package org.emslens.app.settings;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.ObjectBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.emslens.app.controls.Look;

/** How the window looks and behaves, as a user left it. */
public final class Appearance {
  private static final double[] SIZES = {0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 1.8, 2};

  private final ObjectProperty<Theme> theme =
      new SimpleObjectProperty<>(this, "theme", Theme.LIGHT);
  private final DoubleProperty text = new SimpleDoubleProperty(this, "text", 1);
  private final BooleanProperty ask = new SimpleBooleanProperty(this, "askBeforeClosing", true);
  private final StringProperty device = new SimpleStringProperty(this, "device");
  private final ObjectProperty<WindowSize> size =
      new SimpleObjectProperty<>(this, "size", WindowSize.USUAL);
  private final Map<String, double[]> dividers = new HashMap<>();
  private final ObservableList<Path> folders = FXCollections.observableArrayList();
  private final ObjectBinding<Look> look =
      Bindings.createObjectBinding(() -> new Look(theme.get().palette(), text.get()), theme, text);

  public ObjectProperty<Theme> themeProperty() {
    return theme;
  }

  /** Size of all text, 1 as designed. */
  public DoubleProperty textProperty() {
    return text;
  }

  /** Whether closing asks where generated tokens are in no file. */
  public BooleanProperty askBeforeClosingProperty() {
    return ask;
  }

  /** The id of the device that was chosen, or null. */
  public StringProperty deviceProperty() {
    return device;
  }

  /** The window's, as it was closed. */
  public ObjectProperty<WindowSize> sizeProperty() {
    return size;
  }

  /** What is drawn by hand follows this. */
  public ObjectBinding<Look> lookBinding() {
    return look;
  }

  /** Where the parts of the window are divided, by the name of their pane. */
  public Map<String, double[]> dividers() {
    return dividers;
  }

  /** Folders of the user's choice in which models are looked for. */
  public ObservableList<Path> modelFolders() {
    return folders;
  }

  public void larger() {
    for (double s : SIZES) {
      if (s > text.get() + 1e-6) {
        text.set(s);
        return;
      }
    }
  }

  public void smaller() {
    for (int i = SIZES.length - 1; i >= 0; i--) {
      if (SIZES[i] < text.get() - 1e-6) {
        text.set(SIZES[i]);
        return;
      }
    }
  }

  public void asDesigned() {
    text.set(1);
  }
}
