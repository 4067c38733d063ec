package org.emslens.app.heatmap;

import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Rectangle2D;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.image.Image;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Argb;
import org.emslens.app.controls.Background;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.PixelImage;
import org.emslens.app.controls.Scale;
import org.emslens.app.controls.Surface;
import org.emslens.app.main.Lens;
import org.emslens.app.main.View;
import org.emslens.chart.ColourMap;

/**
 * One head's attention: queries down, keys across, with axes, colour bar and a cross-hair that
 * tells the value. Wheel zooms, dragging moves, a double click shows all.
 */
public final class HeatmapView extends Surface {
  private static final double LEFT = 64;
  private static final double TOP = 8;
  private static final double RIGHT = 74;
  private static final double BOTTOM = 50;
  private static final double TOKEN_LABEL = 11;

  private final Lens lens;
  private final Background background = new Background();
  private final ObjectProperty<Scale> scale = new SimpleObjectProperty<>(this, "scale", Scale.LOG);
  private final ObjectProperty<ColourMap> map =
      new SimpleObjectProperty<>(this, "map", ColourMap.VIRIDIS);
  private MapRegion region;
  private MapPicture picture;
  private Image image;
  private double mouseX = -1;
  private double mouseY = -1;
  private double dragX;
  private double dragY;

  public HeatmapView(Lens lens) {
    this.lens = lens;
    setId("heatmap");
    lens.viewProperty().addListener((o, before, now) -> changed(before, now));
    lens.selection().tokenProperty().addListener((o, before, now) -> repaint());
    scale.addListener((o, before, now) -> recolour());
    map.addListener((o, before, now) -> recolour());
    paletteProperty().addListener((o, before, now) -> recolour());
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
    return Math.max(1, getWidth() - LEFT - RIGHT);
  }

  private double plotHeight() {
    return Math.max(1, getHeight() - TOP - BOTTOM);
  }

  private void compute() {
    View v = lens.viewProperty().get();
    if (v == null || region == null || getWidth() < LEFT + RIGHT || getHeight() < TOP + BOTTOM) {
      repaint();
      return;
    }
    int rows = (int) plotHeight();
    int columns = (int) plotWidth();
    MapRegion wanted = region;
    background.request(
        stale -> MapPicture.of(v, wanted, rows, columns, stale),
        p -> {
          picture = p;
          recolour();
        });
  }

  private void recolour() {
    if (picture != null) {
      int[] argb = new int[picture.values().length];
      int empty = Argb.of(colours().faint());
      for (int i = 0; i < argb.length; i++) {
        float p = picture.values()[i];
        argb[i] = p < 0 ? empty : map.get().colour(scale.get().place(p));
      }
      image = PixelImage.of(argb, picture.columns(), picture.rows());
    }
    repaint();
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
          g, "query token", 10, plot.getMinY() + plot.getHeight() / 2, SMALL, colours().muted());
    }
    if (cellWidth >= TOKEN_LABEL) {
      for (int i = 0; i < r.columns(); i++) {
        double x = plot.getMinX() + (i + 0.5) * cellWidth;
        g.save();
        g.translate(x, plot.getMaxY() + 4);
        g.rotate(-90);
        String s = Format.token(picture.view().run().token(r.column() + i), 7);
        text(g, s, 0, 0, MONO_SMALL, colours().text(), TextAlignment.RIGHT);
        g.restore();
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
    for (double p : scale.get().marks()) {
      double y = plot.getMinY() + (1 - scale.get().place(p)) * plot.getHeight();
      y = Math.clamp(y, plot.getMinY() + 5, plot.getMaxY() - 5);
      text(g, scale.get().label(p), x + 14, y, SMALL, colours().muted(), TextAlignment.LEFT);
    }
    sideText(
        g,
        "attention probability",
        x + 54,
        plot.getMinY() + plot.getHeight() / 2,
        SMALL,
        colours().muted());
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
    String value =
        key > query
            ? "later than the query"
            : Format.probability(picture.values()[cellAt(mouseX, mouseY)]);
    String s =
        "query "
            + Format.count(query)
            + " "
            + Format.token(picture.view().run().token(query), 14)
            + "  →  key "
            + Format.count(key)
            + " "
            + Format.token(picture.view().run().token(key), 14)
            + "   "
            + value;
    text(g, s, LEFT, getHeight() - 9, MONO_SMALL, colours().text(), TextAlignment.LEFT);
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
    mouseX = e.getX();
    mouseY = e.getY();
    if (picture != null) {
      boolean inside =
          mouseX >= LEFT
              && mouseX < LEFT + plotWidth()
              && mouseY >= TOP
              && mouseY < TOP + plotHeight();
      lens.selection().tokenProperty().set(inside ? keyAt(mouseX) : -1);
    }
    repaint();
  }

  private void leave() {
    mouseX = -1;
    lens.selection().tokenProperty().set(-1);
    repaint();
  }

  private void press(MouseEvent e) {
    dragX = e.getX();
    dragY = e.getY();
  }

  private void drag(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (region == null || v == null) {
      return;
    }
    int columns = (int) Math.round((dragX - e.getX()) / plotWidth() * region.columns());
    int rows = (int) Math.round((dragY - e.getY()) / plotHeight() * region.rows());
    if (columns != 0 || rows != 0) {
      dragX = e.getX();
      dragY = e.getY();
      region = region.pan(rows, columns, size(v));
      compute();
    }
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
      double x = Math.clamp((e.getX() - LEFT) / plotWidth(), 0, 1);
      double y = Math.clamp((e.getY() - TOP) / plotHeight(), 0, 1);
      region = region.zoom(e.getDeltaY() > 0 ? 1.25 : 0.8, x, y, size(v));
      compute();
      e.consume();
    }
  }

  /** The part that is shown, for tests and the tour. */
  public MapRegion region() {
    return region;
  }

  /** Whether the newest request has been drawn. */
  public boolean isCurrent() {
    return picture != null
        && picture.view().equals(lens.viewProperty().get())
        && picture.region().equals(region);
  }
}
