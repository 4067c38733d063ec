package org.emslens.app.heatmap;

import java.util.Locale;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Rectangle2D;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.image.Image;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Argb;
import org.emslens.app.controls.Background;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.PixelImage;
import org.emslens.app.controls.Scale;
import org.emslens.app.controls.Surface;
import org.emslens.app.controls.Ticks;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.chart.ColourMap;
import org.emslens.engine.RepetitionMap;

/**
 * One head's attention: queries down, keys across, with axes, colour bar and a cross-hair that
 * tells the value. Wheel zooms, dragging moves, a double click shows all.
 */
public final class HeatmapView extends Surface {
  private static final double LEFT = 64;
  private static final double TOP = 22;
  private static final double RIGHT = 74;
  private static final double BOTTOM = 50;
  private static final double TOKEN_LABEL = 11;
  private static final double CLOSER = 1.25;

  private final Lens lens;
  private final Background background = new Background();
  private final ObjectProperty<Scale> scale = new SimpleObjectProperty<>(this, "scale", Scale.LOG);
  private final ObjectProperty<ColourMap> map =
      new SimpleObjectProperty<>(this, "map", ColourMap.VIRIDIS);
  private final ObjectProperty<Range> range =
      new SimpleObjectProperty<>(this, "range", Range.WHOLE);
  private final RepetitionModel repetition;
  private MapRegion region;
  private MapPicture picture;
  private MapColours pictured;
  private Image image;
  private double mouseX = -1;
  private double mouseY = -1;
  private double dragX;
  private double dragY;

  private record Painted(MapPicture picture, MapColours colours, int[] argb) {}

  public HeatmapView(Lens lens, RepetitionModel repetition) {
    this.lens = lens;
    this.repetition = repetition;
    setId("heatmap");
    setAccessibleText("The head's attention; arrows move, plus and minus zoom, 0 shows all");
    lens.viewProperty().addListener((o, before, now) -> changed(before, now));
    lens.selection().tokenProperty().addListener((o, before, now) -> repaint());
    lens.selection().pinnedProperty().addListener((o, before, now) -> repaint());
    repetition.mapProperty().addListener((o, before, now) -> compute());
    scale.addListener((o, before, now) -> compute());
    map.addListener((o, before, now) -> compute());
    range.addListener((o, before, now) -> compute());
    lookProperty().addListener((o, before, now) -> compute());
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(MouseEvent.MOUSE_EXITED, e -> leave());
    addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
    addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
    addEventHandler(MouseEvent.MOUSE_CLICKED, this::click);
    addEventHandler(ScrollEvent.SCROLL, this::zoom);
  }

  public ObjectProperty<Scale> scaleProperty() {
    return scale;
  }

  /** Which probabilities the colours span. */
  public ObjectProperty<Range> rangeProperty() {
    return range;
  }

  public ObjectProperty<ColourMap> mapProperty() {
    return map;
  }

  /** Tokens on each side of the whole map, as far as the shown step. */
  private static int size(View v) {
    return v.promptTokens() + v.stepIndex();
  }

  private void changed(View before, View now) {
    if (now == null) {
      picture = null;
      image = null;
      region = null;
    } else if (before == null
        || before.run().prefill() != now.run().prefill()
        || region == null
        || region.equals(MapRegion.whole(size(before)))) {
      region = MapRegion.whole(size(now));
    } else {
      region = region.pan(0, 0, size(now));
    }
    compute();
  }

  @Override
  protected void resized() {
    compute();
  }

  private double plotWidth() {
    return Math.max(1, width() - LEFT - RIGHT);
  }

  private double plotHeight() {
    return Math.max(1, height() - TOP - BOTTOM);
  }

  private MapColours wantedColours() {
    return new MapColours(
        map.get(),
        scale.get(),
        range.get(),
        Argb.of(colours().faint()),
        Argb.of(colours().line()),
        Math.max(1, (int) (plotWidth() * scale())),
        Math.max(1, (int) (plotHeight() * scale())));
  }

  /** Computes what is to be shown, or colours anew what is there, off the screen's thread. */
  private void compute() {
    View v = lens.viewProperty().get();
    if (v == null || region == null || isTooSmall()) {
      repaint();
      return;
    }
    MapRegion wanted = region;
    MapColours as = wantedColours();
    RepetitionMap repeated = repeated(v);
    MapPicture have = isPicture(v, wanted, as) ? picture : null;
    background.request(
        stale -> {
          MapPicture p =
              have == null
                  ? MapPicture.of(v, repeated, wanted, as.height(), as.width(), stale)
                  : have;
          return p == null ? null : new Painted(p, as, as.paint(p));
        },
        painted -> {
          picture = painted.picture;
          pictured = painted.colours;
          image = PixelImage.of(painted.argb, pictured.width(), pictured.height());
          if (mouseX >= 0) {
            pointAt();
          }
          repaint();
        });
  }

  /** The repetition of the prompt that is shown, where one looks at that; else null. */
  private RepetitionMap repeated(View v) {
    RepetitionMap m = repetition.mapProperty().get();
    return m != null && m == RepetitionModel.known(v.run()) ? m : null;
  }

  /** Whether the picture that is there has these numbers. */
  private boolean isPicture(View v, MapRegion wanted, MapColours as) {
    return picture != null
        && pictured.width() == as.width()
        && pictured.height() == as.height()
        && picture.view().equals(v)
        && picture.repeated() == repeated(v)
        && picture.region().equals(wanted);
  }

  private boolean isTooSmall() {
    return width() < LEFT + RIGHT || height() < TOP + BOTTOM;
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    if (picture == null || image == null || region == null) {
      hint(g, "Run a prompt to see what this head looks at.", w, h);
      return;
    }
    Rectangle2D plot = new Rectangle2D(LEFT, TOP, plotWidth(), plotHeight());
    g.drawImage(image, plot.getMinX(), plot.getMinY(), plot.getWidth(), plot.getHeight());
    g.setStroke(colours().line());
    g.setLineWidth(1);
    g.strokeRect(
        plot.getMinX() - 0.5, plot.getMinY() - 0.5, plot.getWidth() + 1, plot.getHeight() + 1);
    promptEdge(g, plot);
    axes(g, plot);
    colourBar(g, plot);
    pinnedToken(g, plot);
    linkedToken(g, plot);
    crossHair(g, plot);
  }

  /** A line below which queries are generated tokens. */
  private void promptEdge(GraphicsContext g, Rectangle2D plot) {
    MapRegion r = picture.region();
    int n = picture.view().promptTokens();
    if (n > r.row() && n < r.row() + r.rows()) {
      double y = plot.getMinY() + (n - r.row()) * plot.getHeight() / r.rows();
      g.setStroke(colours().accent());
      g.setLineDashes(4, 3);
      g.strokeLine(plot.getMinX(), y, plot.getMaxX(), y);
      g.setLineDashes();
    }
  }

  private void axes(GraphicsContext g, Rectangle2D plot) {
    MapRegion r = picture.region();
    double cellWidth = plot.getWidth() / r.columns();
    double cellHeight = plot.getHeight() / r.rows();
    if (cellHeight >= TOKEN_LABEL) {
      for (int i = 0; i < r.rows(); i++) {
        String s = Format.token(picture.view().run().token(r.row() + i), 7);
        double y = plot.getMinY() + (i + 0.5) * cellHeight;
        text(g, s, plot.getMinX() - 4, y, MONO_SMALL, colours().text(), TextAlignment.RIGHT);
      }
    } else {
      for (int i : Ticks.of(r.row(), r.rows(), plot.getHeight() / 36)) {
        double y = plot.getMinY() + (i - r.row() + 0.5) * cellHeight;
        text(
            g,
            Format.count(i),
            plot.getMinX() - 6,
            y,
            SMALL,
            colours().muted(),
            TextAlignment.RIGHT);
      }
      sideText(
          g,
          picture.repeated() == null ? "query token" : "query token, repeated",
          10,
          plot.getMinY() + plot.getHeight() / 2,
          SMALL,
          colours().muted());
    }
    if (cellWidth >= TOKEN_LABEL) {
      for (int i = 0; i < r.columns(); i++) {
        double x = plot.getMinX() + (i + 0.5) * cellWidth;
        String s = Format.token(picture.view().run().token(r.column() + i), 7);
        sideText(g, s, x, plot.getMaxY() + 4, MONO_SMALL, colours().text(), TextAlignment.RIGHT);
      }
    } else {
      for (int i : Ticks.of(r.column(), r.columns(), plot.getWidth() / 64)) {
        double x = plot.getMinX() + (i - r.column() + 0.5) * cellWidth;
        text(
            g,
            Format.count(i),
            x,
            plot.getMaxY() + 11,
            SMALL,
            colours().muted(),
            TextAlignment.CENTER);
      }
      text(
          g,
          "key token",
          plot.getMinX() + plot.getWidth() / 2,
          plot.getMaxY() + 27,
          SMALL,
          colours().muted(),
          TextAlignment.CENTER);
    }
  }

  private void colourBar(GraphicsContext g, Rectangle2D plot) {
    double x = plot.getMaxX() + 12;
    bar(g, map.get(), x, plot.getMinY(), 10, (int) plot.getHeight());
    float most = pictured.most(picture);
    for (double p : scale.get().marks()) {
      double y = plot.getMinY() + (1 - scale.get().place(p)) * plot.getHeight();
      y = Math.clamp(y, plot.getMinY() + 5, plot.getMaxY() - 5);
      String label =
          most == 1 ? scale.get().label(p) : String.format(Locale.ROOT, "%.1e", p * most);
      text(g, label, x + 14, y, SMALL, colours().muted(), TextAlignment.LEFT);
    }
    sideText(
        g,
        plot.getHeight() > 150 ? "attention probability" : "attention",
        x + 55,
        plot.getMinY() + plot.getHeight() / 2,
        SMALL,
        colours().muted());
  }

  private void pinnedToken(GraphicsContext g, Rectangle2D plot) {
    int t = lens.selection().pinnedProperty().get();
    MapRegion r = picture.region();
    if (t >= r.column() && t < r.column() + r.columns()) {
      double x = plot.getMinX() + (t - r.column() + 0.5) * plot.getWidth() / r.columns();
      g.setFill(colours().pinned());
      g.fillPolygon(
          new double[] {x - 4, x + 4, x},
          new double[] {plot.getMinY() - 6, plot.getMinY() - 6, plot.getMinY()},
          3);
      g.setStroke(colours().pinned());
      g.setLineWidth(1);
      g.strokeLine(x, plot.getMinY(), x, plot.getMaxY());
    }
  }

  private void linkedToken(GraphicsContext g, Rectangle2D plot) {
    int t = lens.selection().tokenProperty().get();
    MapRegion r = picture.region();
    if (t >= r.column() && t < r.column() + r.columns() && mouseX < 0) {
      double width = Math.max(1, plot.getWidth() / r.columns());
      double x = plot.getMinX() + (t - r.column()) * plot.getWidth() / r.columns();
      g.setStroke(colours().accent());
      g.strokeRect(x, plot.getMinY(), width, plot.getHeight());
    }
  }

  private void crossHair(GraphicsContext g, Rectangle2D plot) {
    if (!plot.contains(mouseX, mouseY)) {
      return;
    }
    g.setStroke(colours().accent());
    g.setLineWidth(0.7);
    g.strokeLine(plot.getMinX(), mouseY, plot.getMaxX(), mouseY);
    g.strokeLine(mouseX, plot.getMinY(), mouseX, plot.getMaxY());
    int query = queryAt(mouseY);
    int key = keyAt(mouseX);
    float p = picture.values()[cellAt(mouseX, mouseY)];
    String value =
        p >= 0
            ? Format.probability(p)
            : p == MapPicture.ABSENT
                ? "no slot of this key"
                : p == MapPicture.BEYOND
                    ? "out of the layer's window"
                    : isRepeated(query) ? "not repeated" : "later than the query";
    String s =
        "query "
            + Format.count(query)
            + " "
            + Format.token(picture.view().run().token(query), 14)
            + (isRepeated(query) ? " repeated" : "")
            + "  →  key "
            + Format.count(key)
            + " "
            + Format.token(picture.view().run().token(key), 14)
            + "   "
            + value;
    text(g, s, LEFT, TOP / 2, MONO_SMALL, colours().text(), TextAlignment.LEFT);
  }

  private boolean isRepeated(int query) {
    return picture.repeated() != null && query < picture.view().promptTokens();
  }

  private int queryAt(double y) {
    MapRegion r = picture.region();
    return r.row() + Math.clamp((long) ((y - TOP) / plotHeight() * r.rows()), 0, r.rows() - 1);
  }

  private int keyAt(double x) {
    MapRegion r = picture.region();
    return r.column()
        + Math.clamp((long) ((x - LEFT) / plotWidth() * r.columns()), 0, r.columns() - 1);
  }

  private int cellAt(double x, double y) {
    int row = Math.clamp((long) ((y - TOP) / plotHeight() * picture.rows()), 0, picture.rows() - 1);
    int column =
        Math.clamp((long) ((x - LEFT) / plotWidth() * picture.columns()), 0, picture.columns() - 1);
    return row * picture.columns() + column;
  }

  private void hover(MouseEvent e) {
    mouseX = x(e);
    mouseY = y(e);
    pointAt();
    repaint();
  }

  /** The key under the pointer is the token that all views show. */
  private void pointAt() {
    if (picture != null) {
      boolean inside =
          mouseX >= LEFT
              && mouseX < LEFT + plotWidth()
              && mouseY >= TOP
              && mouseY < TOP + plotHeight();
      lens.selection().tokenProperty().set(inside ? keyAt(mouseX) : -1);
    }
  }

  private void leave() {
    mouseX = -1;
    lens.selection().tokenProperty().set(-1);
    repaint();
  }

  private void press(MouseEvent e) {
    dragX = x(e);
    dragY = y(e);
  }

  private void drag(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (region == null || v == null) {
      return;
    }
    int columns = (int) Math.round((dragX - x(e)) / plotWidth() * region.columns());
    int rows = (int) Math.round((dragY - y(e)) / plotHeight() * region.rows());
    if (columns != 0 || rows != 0) {
      dragX = x(e);
      dragY = y(e);
      region = region.pan(rows, columns, size(v));
      compute();
    }
    hover(e);
  }

  private void click(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (e.getClickCount() == 2 && v != null) {
      region = MapRegion.whole(size(v));
      compute();
    }
  }

  private void zoom(ScrollEvent e) {
    View v = lens.viewProperty().get();
    if (region != null && v != null && e.getDeltaY() != 0) {
      double x = Math.clamp((e.getX() / scale() - LEFT) / plotWidth(), 0, 1);
      double y = Math.clamp((e.getY() / scale() - TOP) / plotHeight(), 0, 1);
      show(region.zoom(e.getDeltaY() > 0 ? CLOSER : 1 / CLOSER, x, y, size(v)));
      e.consume();
    }
  }

  private void show(MapRegion wanted) {
    region = wanted;
    compute();
  }

  /** Arrows move by an eighth of what is shown. */
  @Override
  protected boolean key(KeyEvent e) {
    View v = lens.viewProperty().get();
    if (v == null || region == null || e.isShortcutDown()) {
      return false;
    }
    int n = size(v);
    boolean aside = e.getCode() == KeyCode.LEFT || e.getCode() == KeyCode.RIGHT;
    if (aside && region.equals(MapRegion.whole(n))) {
      // There is nowhere to move; the steps can.
      return false;
    }
    int down = Math.max(1, region.rows() / 8);
    int right = Math.max(1, region.columns() / 8);
    switch (e.getCode()) {
      case LEFT -> show(region.pan(0, -right, n));
      case RIGHT -> show(region.pan(0, right, n));
      case UP -> show(region.pan(-down, 0, n));
      case DOWN -> show(region.pan(down, 0, n));
      case PLUS, ADD, EQUALS -> show(region.zoom(CLOSER, 0.5, 0.5, n));
      case MINUS, SUBTRACT -> show(region.zoom(1 / CLOSER, 0.5, 0.5, n));
      case DIGIT0, NUMPAD0 -> show(MapRegion.whole(n));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The part that is shown. */
  public MapRegion region() {
    return region;
  }

  /** Whether the newest request has been drawn. */
  @Override
  public boolean isCurrent() {
    View v = lens.viewProperty().get();
    boolean nothing = v == null || isTooSmall();
    MapColours as = nothing ? null : wantedColours();
    return super.isCurrent() && (nothing || isPicture(v, region, as) && as.equals(pictured));
  }
}
