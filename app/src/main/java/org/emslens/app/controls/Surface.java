package org.emslens.app.controls;

import javafx.application.Platform;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.VPos;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;
import org.emslens.chart.ColourMap;

/** A region that is drawn by hand. Requests to repaint within one pulse become one. */
public abstract class Surface extends Region {
  public static final Font SMALL = Font.font("System", 11);
  public static final Font NORMAL = Font.font("System", 12);
  public static final Font MONO = Font.font("Monospaced", 12);
  public static final Font MONO_SMALL = Font.font("Monospaced", 10.5);

  private final Canvas canvas = new Canvas();
  private final ObjectProperty<Palette> palette =
      new SimpleObjectProperty<>(this, "palette", Palette.LIGHT);
  private boolean asked;

  protected Surface() {
    getChildren().add(canvas);
    palette.addListener((o, before, now) -> repaint());
    setMinSize(0, 0);
  }

  public final ObjectProperty<Palette> paletteProperty() {
    return palette;
  }

  protected final Palette colours() {
    return palette.get();
  }

  /** Asks to be drawn at the end of what is going on now. */
  public final void repaint() {
    if (!asked) {
      asked = true;
      Platform.runLater(this::paintNow);
    }
  }

  private void paintNow() {
    asked = false;
    double w = getWidth();
    double h = getHeight();
    if (w < 1 || h < 1) {
      return;
    }
    GraphicsContext g = canvas.getGraphicsContext2D();
    g.setFill(colours().surface());
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.setImageSmoothing(false);
    paint(g, w, h);
  }

  /** Draws everything; the background is there already. */
  protected abstract void paint(GraphicsContext g, double w, double h);

  @Override
  protected void layoutChildren() {
    double w = Math.floor(getWidth());
    double h = Math.floor(getHeight());
    if (canvas.getWidth() != w || canvas.getHeight() != h) {
      canvas.setWidth(w);
      canvas.setHeight(h);
      resized();
      repaint();
    }
  }

  /** Called before the repaint that a new size brings. */
  protected void resized() {}

  protected static void text(
      GraphicsContext g,
      String s,
      double x,
      double y,
      Font font,
      Color colour,
      TextAlignment align) {
    g.setFont(font);
    g.setFill(colour);
    g.setTextAlign(align);
    g.setTextBaseline(VPos.CENTER);
    g.fillText(s, x, y);
  }

  /** A colour bar, 1 at its top and 0 at its foot. */
  protected static void bar(GraphicsContext g, ColourMap map, double x, double y, double w, int h) {
    for (int i = 0; i < h; i++) {
      g.setFill(Argb.paint(map.colour(1 - (double) i / h)));
      g.fillRect(x, y + i, w, 1.5);
    }
  }

  /** Vertical text, centred at x, y, read from below. */
  protected static void sideText(
      GraphicsContext g, String s, double x, double y, Font font, Color colour) {
    g.save();
    g.translate(x, y);
    g.rotate(-90);
    text(g, s, 0, 0, font, colour, TextAlignment.CENTER);
    g.restore();
  }

  /** What an empty region says. */
  protected final void hint(GraphicsContext g, String s, double w, double h) {
    text(g, s, w / 2, h / 2, NORMAL, colours().muted(), TextAlignment.CENTER);
  }
}
