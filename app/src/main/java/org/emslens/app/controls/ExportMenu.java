package org.emslens.app.controls;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.stage.FileChooser;
import org.emslens.chart.Figure;
import org.emslens.format.AtomicFile;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2MZ;

/** Saves what a view shows: its numbers as CSV, its chart as PNG or SVG. */
public final class ExportMenu extends MenuButton {
  private final String name;
  private final Supplier<String> numbers;
  private final Supplier<Figure> chart;
  private final Consumer<String> said;
  private final Consumer<String> failed;
  private final Background background = new Background();

  /**
   * @param name of the file that is proposed
   * @param numbers CSV; called off the screen's thread, likewise `chart`
   * @param said told what was written
   * @param failed told why something could not be written
   */
  public ExportMenu(
      String name,
      Supplier<String> numbers,
      Supplier<Figure> chart,
      Consumer<String> said,
      Consumer<String> failed) {
    super("Export", new FontIcon(Material2MZ.SAVE_ALT));
    this.name = name;
    this.numbers = numbers;
    this.chart = chart;
    this.said = said;
    this.failed = failed;
    setId("export-" + name);
    for (String type : new String[] {"csv", "png", "svg"}) {
      MenuItem item =
          new MenuItem(
              type.equals("csv")
                  ? "Numbers (CSV)"
                  : "Chart (" + type.toUpperCase(Locale.ROOT) + ")");
      item.setOnAction(e -> choose(type));
      getItems().add(item);
    }
  }

  private void choose(String type) {
    FileChooser chooser = new FileChooser();
    chooser.setTitle("Export");
    chooser.setInitialFileName(name + "." + type);
    File f = chooser.showSaveDialog(getScene().getWindow());
    if (f != null) {
      write(f.toPath());
    }
  }

  /** Writes what the file's ending asks for, in the background. */
  public void write(Path file) {
    background.request(
        stale -> {
          try {
            if (file.toString().endsWith(".csv")) {
              byte[] text = numbers.get().getBytes(StandardCharsets.UTF_8);
              AtomicFile.write(file, out -> out.write(text));
            } else if (file.toString().endsWith(".svg")) {
              chart.get().writeSvg(file);
            } else {
              chart.get().writePng(file);
            }
            return file;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        f -> said.accept("Wrote " + f),
        why -> failed.accept("The export was not written: " + why));
  }
}
