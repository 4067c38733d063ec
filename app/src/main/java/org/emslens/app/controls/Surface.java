package org.emslens.app.controls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.BoundingBox;
import javafx.geometry.Bounds;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import javafx.scene.text.TextAlignment;
import javafx.scene.transform.Transform;
import org.emslens.chart.ColourMap;
import org.emslens.cli.Failures;

/**
 * A region that is drawn by hand, in units that grow with the size of text. Requests to repaint
 * within one pulse become one. It can be reached by keyboard; a ring shows that it has the focus by
 * keyboard.
 */
public abstract class Surface extends Region {
  public static final Font SMALL = Font.font("System", 11);
  public static final Font NORMAL = Font.font("System", 12);
  public static final Font MONO = Font.font("Monospaced", 12);
  public static final Font MONO_SMALL = Font.font("Monospaced", 10.5);

  /** Its width, of every letter. */
  private static final double MONO_SMALL_LETTER = 6.33;

  private final ObjectProperty<Look> look =
      new SimpleObjectProperty<>(this, "look", new Look(Palette.LIGHT, 1));
  private final List<Drawn> drawn = new ArrayList<>();
  private Canvas canvas = new Canvas();
  private boolean asked;

  /** Dots of the canvas to a pixel; more than one for pictures that are enlarged. */
  private int dots = 1;

  /** A piece of text that was drawn. */
  private record Drawn(
      String text, double x, double y, Font font, TextAlignment align, boolean side) {}

  protected Surface() {
    lay();
    look.addListener(
        (o, before, now) -> {
          resized();
          repaint();
        });
    setMinSize(0, 0);
    setFocusTraversable(true);
    focusVisibleProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_PRESSED, e -> requestFocus());
    addEventHandler(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (key(e)) {
            e.consume();
          }
        });
  }

  public final ObjectProperty<Look> lookProperty() {
    return look;
  }

  protected final Palette colours() {
    return look.get().palette();
  }

  /** Pixels of a unit that is drawn in. */
  protected final double scale() {
    return look.get().text();
  }

  /** The width in units that are drawn in. */
  protected final double width() {
    return getWidth() / scale();
  }

  protected final double height() {
    return getHeight() / scale();
  }

  /** Where the mouse is, in those units. */
  protected final double x(MouseEvent e) {
    return e.getX() / scale();
  }

  protected final double y(MouseEvent e) {
    return e.getY() / scale();
  }

  /** Does what a key stands for here; tells whether it stands for anything. */
  protected boolean key(KeyEvent e) {
    return false;
  }

  /** Asks to be drawn at the end of what is going on now. */
  public final void repaint() {
    if (!asked) {
      asked = true;
      Platform.runLater(this::paintNow);
    }
  }

  /** Whether everything that was asked for is drawn. */
  public boolean isCurrent() {
    return !asked;
  }

  /**
   * Draws all surfaces below a node finely enough to be enlarged, and as before once that is done.
   *
   * @param dots to a pixel, each way
   * @param picture takes the enlarged picture
   */
  public static <T> T enlarged(Node root, int dots, Supplier<T> picture) {
    List<Surface> all = new ArrayList<>();
    collect(root, all);
    all.forEach(s -> s.draw(dots));
    try {
      return picture.get();
    } finally {
      all.forEach(s -> s.draw(1));
    }
  }

  private static void collect(Node n, List<Surface> into) {
    if (n instanceof Surface s) {
      into.add(s);
    } else if (n instanceof Parent p) {
      p.getChildrenUnmodifiable().forEach(c -> collect(c, into));
    }
  }

  private void draw(int finer) {
    dots = finer;
    size();
    paintNow();
  }

  /** It goes by this region's size, not the other way round. */
  private void lay() {
    canvas.setManaged(false);
    getChildren().setAll(canvas);
  }

  /** The canvas has so many dots to a pixel of this region, and lies on it. */
  private void size() {
    canvas.setWidth(Math.floor(getWidth()) * dots);
    canvas.setHeight(Math.floor(getHeight()) * dots);
    canvas.getTransforms().setAll(Transform.scale(1.0 / dots, 1.0 / dots));
  }

  private void paintNow() {
    asked = false;
    if (getWidth() < 1 || getHeight() < 1) {
      return;
    }
    drawn.clear();
    GraphicsContext g = cleared();
    try {
      g.save();
      g.scale(dots * scale(), dots * scale());
      paint(g, width(), height());
      g.restore();
    } catch (RuntimeException e) {
      Failures.log(e);
      failed();
    }
    if (isFocusVisible() && isFocusTraversable()) {
      GraphicsContext ring = canvas.getGraphicsContext2D();
      ring.setStroke(colours().accent());
      ring.setLineWidth(2 * dots);
      ring.strokeRect(dots, dots, canvas.getWidth() - 2 * dots, canvas.getHeight() - 2 * dots);
    }
  }

  private GraphicsContext cleared() {
    GraphicsContext g = canvas.getGraphicsContext2D();
    g.setFill(colours().surface());
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.setImageSmoothing(false);
    return g;
  }

  /** Clips and transformations that a failed painting left behind go with its canvas. */
  private void failed() {
    canvas = new Canvas();
    lay();
    size();
    drawn.clear();
    GraphicsContext g = cleared();
    g.save();
    g.scale(dots * scale(), dots * scale());
    hint(g, "This could not be drawn; the log file says why.", width(), height());
    g.restore();
  }

  /** Draws everything; the background is there already. */
  protected abstract void paint(GraphicsContext g, double w, double h);

  @Override
  protected void layoutChildren() {
    double w = Math.floor(getWidth());
    double h = Math.floor(getHeight());
    if (canvas.getWidth() != dots * w || canvas.getHeight() != dots * h) {
      size();
      resized();
      repaint();
    }
  }

  /** Called before the repaint that a new size brings. */
  protected void resized() {}

  /** Texts that are drawn now, in the order in which they were drawn. */
  public final List<String> texts() {
    return drawn.stream().map(Drawn::text).toList();
  }

  /** Where those texts are, in this region's coordinates. */
  public final List<Bounds> textBounds() {
    return drawn.stream().map(this::bounds).toList();
  }

  private Bounds bounds(Drawn d) {
    Text t = new Text(d.text);
    t.setFont(d.font);
    double w = t.getLayoutBounds().getWidth();
    double h = d.font.getSize();
    double from = d.align == TextAlignment.LEFT ? 0 : d.align == TextAlignment.CENTER ? w / 2 : w;
    double s = scale();
    return d.side
        ? new BoundingBox(s * (d.x - h / 2), s * (d.y - from), s * h, s * w)
        : new BoundingBox(s * (d.x - from), s * (d.y - h / 2), s * w, s * h);
  }

  /** How many letters of the small font of one width have room in a width. */
  protected static int letters(double width) {
    return (int) (width / MONO_SMALL_LETTER);
  }

  protected final void text(
      GraphicsContext g,
      String s,
      double x,
      double y,
      Font font,
      Color colour,
      TextAlignment align) {
    drawn.add(new Drawn(s, x, y, font, align, false));
    write(g, s, x, y, font, colour, align);
  }

  private static void write(
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
  protected final void sideText(
      GraphicsContext g, String s, double x, double y, Font font, Color colour) {
    sideText(g, s, x, y, font, colour, TextAlignment.CENTER);
  }

  /** The same, ending at y where it is aligned right. */
  protected final void sideText(
      GraphicsContext g, String s, double x, double y, Font font, Color colour, TextAlignment a) {
    drawn.add(new Drawn(s, x, y, font, a == TextAlignment.RIGHT ? TextAlignment.LEFT : a, true));
    g.save();
    g.translate(x, y);
    g.rotate(-90);
    write(g, s, 0, 0, font, colour, a);
    g.restore();
  }

  /** What an empty region says, in as many lines as it takes. */
  protected final void hint(GraphicsContext g, String s, double w, double h) {
    List<String> lines = new ArrayList<>();
    int fits = (int) Math.max(12, (w - 16) / 6.3);
    StringBuilder line = new StringBuilder();
    for (String word : s.split(" ")) {
      if (!line.isEmpty() && line.length() + word.length() >= fits) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    double y = h / 2 - (lines.size() - 1) * 8;
    for (String l : lines) {
      text(g, l, w / 2, y, NORMAL, colours().muted(), TextAlignment.CENTER);
      y += 16;
    }
  }
}
