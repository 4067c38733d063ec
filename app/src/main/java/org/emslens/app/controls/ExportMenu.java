package org.emslens.app.controls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import org.emslens.chart.Figure;
import org.emslens.format.AtomicFile;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2MZ;

/** Saves what a view shows: its numbers as CSV, its chart as PNG or SVG. */
public final class ExportMenu extends MenuButton {
  private final String name;
  private final Supplier<Origin> origin;
  private final Supplier<String> numbers;
  private final Supplier<Figure> chart;
  private final FileDialogs dialogs;
  private final Writer writer;
  private Supplier<Runnable> exported = () -> () -> {};

  /** Has files written in the background, each to its end, and says what came of it. */
  @FunctionalInterface
  public interface Writer {

    /**
     * @param ending of the kind that was chosen, added where the file has another
     * @param written done on the screen's thread once it is
     */
    void write(Path file, String ending, Content content, Runnable written);
  }

  /** Tells where numbers come from, off the screen's thread. */
  @FunctionalInterface
  public interface Origin {
    String comment() throws IOException;
  }

  /** Writes one file, off the screen's thread. */
  @FunctionalInterface
  public interface Content {
    void write(Path file) throws IOException;
  }

  private enum Kind {
    CSV("Numbers (CSV)"),
    PNG("Chart (PNG)"),
    SVG("Chart (SVG)");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String ending() {
      return "." + name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param name of the file that is proposed
   * @param origin what stands above the numbers
   * @param numbers CSV of what is shown now; called on the screen's thread, likewise `chart` and
   *     `origin`
   */
  public ExportMenu(
      String name,
      Supplier<Origin> origin,
      Supplier<String> numbers,
      Supplier<Figure> chart,
      FileDialogs dialogs,
      Writer writer) {
    super("Export", new FontIcon(Material2MZ.SAVE_ALT));
    this.name = name;
    this.origin = origin;
    this.numbers = numbers;
    this.chart = chart;
    this.dialogs = dialogs;
    this.writer = writer;
    setId("export-" + name);
    setMinWidth(USE_PREF_SIZE);
    for (Kind kind : Kind.values()) {
      MenuItem item = new MenuItem(kind.title);
      item.setId("export-" + name + "-" + kind.name().toLowerCase(Locale.ROOT));
      item.setOnAction(e -> choose(kind));
      getItems().add(item);
    }
  }

  /**
   * @param exported asked when numbers are on their way to a file; what it returns is done once
   *     they are there
   */
  public void onNumbers(Supplier<Runnable> exported) {
    this.exported = exported;
  }

  private void choose(Kind kind) {
    dialogs
        .save(getScene().getWindow(), "Export: " + kind.title, name + kind.ending())
        .ifPresent(file -> write(file, kind));
  }

  private void write(Path file, Kind kind) {
    if (kind == Kind.CSV) {
      Origin from = origin.get();
      String rows = numbers.get();
      writer.write(
          file,
          kind.ending(),
          f -> {
            byte[] text = (from.comment() + rows).getBytes(StandardCharsets.UTF_8);
            AtomicFile.write(f, out -> out.write(text));
          },
          exported.get());
    } else {
      Figure figure = chart.get();
      writer.write(
          file, kind.ending(), kind == Kind.SVG ? figure::writeSvg : figure::writePng, () -> {});
    }
  }
}
