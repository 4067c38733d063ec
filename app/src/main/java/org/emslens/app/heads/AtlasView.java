package org.emslens.app.heads;

import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Point2D;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.image.Image;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.paint.Color;
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
import org.emslens.device.PromptMemory;
import org.emslens.engine.Prompt;
import org.emslens.model.ModelConfig;
import org.emslens.session.Run;

/**
 * All heads of all layers as one picture to pick from: layers across, heads down, so that many
 * layers fit a wide region. Heads of one KV group stand together.
 */
public final class AtlasView extends Surface {
  private static final double LEFT = 46;
  private static final double TOP = 4;
  private static final double BOTTOM = 34;
  private static final double BAR = 62;
  private static final double LEAST_TO_ENLARGE = 420;

  /** Widths of a tile, as a multiple of its height and in pixels, of which it exceeds one only. */
  private static final double WIDEST = 2;

  private static final double WIDE = 48;

  private final Lens lens;
  private final ObjectProperty<Encoding> encoding =
      new SimpleObjectProperty<>(this, "encoding", Encoding.ATTENTION);
  private final ObjectProperty<ColourMap> map =
      new SimpleObjectProperty<>(this, "map", ColourMap.VIRIDIS);
  private final Background background = new Background();
  private Prompt pictured;
  private ColourMap picturedMap;
  private int picturedEmpty;
  private Image image;
  private int hoverLayer = -1;
  private int hoverHead = -1;

  public AtlasView(Lens lens) {
    this.lens = lens;
    setId("heads");
    setAccessibleText("All heads of all layers; arrows pick one");
    lens.viewProperty().addListener((o, before, now) -> compute());
    encoding.addListener((o, before, now) -> repaint());
    map.addListener((o, before, now) -> compute());
    lookProperty().addListener((o, before, now) -> compute());
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(
        MouseEvent.MOUSE_EXITED,
        e -> {
          hoverLayer = -1;
          repaint();
        });
    addEventHandler(MouseEvent.MOUSE_CLICKED, this::pick);
  }

  public ObjectProperty<Encoding> encodingProperty() {
    return encoding;
  }

  public ObjectProperty<ColourMap> mapProperty() {
    return map;
  }

  /** Tiles of few layers do not become bands. */
  private double cellWidth(ModelConfig c) {
    double most = Math.max(WIDEST * cellHeight(c), WIDE);
    return Math.clamp((width() - LEFT - right()) / c.layers(), 1, most);
  }

  private double cellHeight(ModelConfig c) {
    return Math.max(1, (height() - TOP - BOTTOM) / c.heads());
  }

  /** The colour bar's place and, where there is room, that of the enlarged tile. */
  private double right() {
    return BAR + enlarged();
  }

  private double enlarged() {
    boolean room = encoding.get() == Encoding.ATTENTION && width() > LEAST_TO_ENLARGE;
    return room ? Math.clamp(height() - TOP - BOTTOM, 0, 96) + 8 : 0;
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "Every head of every layer appears here once a prompt has been read.", w, h);
      return;
    }
    ModelConfig c = v.run().config();
    String missing = encoding.get().missing(v);
    if (missing != null) {
      hint(g, missing, w, h);
      return;
    }
    double cw = cellWidth(c);
    double ch = cellHeight(c);
    if (encoding.get() == Encoding.ATTENTION) {
      thumbnails(g, v.run(), cw, ch);
    } else {
      values(g, v, cw, ch);
    }
    grid(g, c, cw, ch);
    axes(g, c, cw, ch);
    colourBar(g, LEFT + cw * c.layers() + 8, ch * c.heads());
    outline(g, v.layer(), v.head(), cw, ch, colours().accent(), 2);
    if (hoverLayer >= 0) {
      outline(g, hoverLayer, hoverHead, cw, ch, colours().text(), 1);
      tell(g, v, h);
    }
    if (isPictured(v.run()) && enlarged() > 8) {
      boolean hover = hoverLayer >= 0;
      enlarge(g, hover ? hoverLayer : v.layer(), hover ? hoverHead : v.head(), w);
    }
  }

  private void thumbnails(GraphicsContext g, Run run, double cw, double ch) {
    ModelConfig c = run.config();
    if (isPictured(run)) {
      g.drawImage(image, LEFT, TOP, cw * c.layers(), ch * c.heads());
    } else {
      g.setFill(colours().faint());
      g.fillRect(LEFT, TOP, cw * c.layers(), ch * c.heads());
    }
  }

  private boolean isPictured(Run run) {
    return pictured == run.prefill() && picturedMap == map.get() && picturedEmpty == empty();
  }

  private int empty() {
    return Argb.of(colours().faint());
  }

  /** Colours all tiles, off the screen's thread, where they are not there yet. */
  private void compute() {
    View v = lens.viewProperty().get();
    if (v != null && !isPictured(v.run())) {
      Prompt prefill = v.run().prefill();
      ColourMap as = map.get();
      int empty = empty();
      background.request(
          stale -> atlas(prefill, as, empty),
          argb -> {
            ModelConfig c = prefill.config();
            image =
                PixelImage.of(
                    argb, c.layers() * PromptMemory.THUMBNAIL, c.heads() * PromptMemory.THUMBNAIL);
            pictured = prefill;
            picturedMap = as;
            picturedEmpty = empty;
            repaint();
          });
    }
    repaint();
  }

  @Override
  public boolean isCurrent() {
    View v = lens.viewProperty().get();
    return super.isCurrent() && (v == null || isPictured(v.run()));
  }

  private static int[] atlas(Prompt p, ColourMap map, int empty) {
    int t = PromptMemory.THUMBNAIL;
    ModelConfig c = p.config();
    int width = c.layers() * t;
    int[] argb = new int[width * c.heads() * t];
    for (int l = 0; l < c.layers(); l++) {
      for (int h = 0; h < c.heads(); h++) {
        float[] pixels = p.memory().thumbnail(l, h);
        for (int y = 0; y < t; y++) {
          int query = PromptMemory.thumbnailLine(y, p.tokens());
          for (int x = 0; x < t; x++) {
            int key = PromptMemory.thumbnailLine(x, p.tokens());
            float pixel = pixels[query * t + key];
            boolean seen = pixel > 0 || key <= query && !isBeyond(p, l, query, key);
            argb[(h * t + y) * width + l * t + x] =
                seen ? map.colour(Scale.LOG.place(pixel)) : empty;
          }
        }
      }
    }
    return argb;
  }

  /** Whether all that a pixel stands for is out of the layer's window. */
  private static boolean isBeyond(Prompt p, int layer, int query, int key) {
    int n = p.tokens();
    int t = PromptMemory.THUMBNAIL;
    int reached = p.shapes().get(layer).firstReached(query * n / t);
    return (key + 1) * n / t <= reached;
  }

  private void values(GraphicsContext g, View v, double cw, double ch) {
    ModelConfig c = v.run().config();
    for (int l = 0; l < c.layers(); l++) {
      for (int h = 0; h < c.heads(); h++) {
        double x = encoding.get().value(v, l, h);
        g.setFill(Double.isNaN(x) ? colours().faint() : Argb.paint(map.get().colour(x)));
        g.fillRect(LEFT + l * cw, TOP + h * ch, cw, ch);
      }
    }
  }

  /** Hairlines between layers and, wider, between KV groups. */
  private void grid(GraphicsContext g, ModelConfig c, double cw, double ch) {
    g.setStroke(colours().surface());
    g.setLineWidth(1);
    for (int l = 1; l < c.layers(); l++) {
      g.strokeLine(LEFT + l * cw, TOP, LEFT + l * cw, TOP + c.heads() * ch);
    }
    for (int h = 1; h < c.heads(); h++) {
      g.setLineWidth(h % c.group() == 0 ? 3 : 1);
      g.strokeLine(LEFT, TOP + h * ch, LEFT + c.layers() * cw, TOP + h * ch);
    }
  }

  private void axes(GraphicsContext g, ModelConfig c, double cw, double ch) {
    for (int h : Ticks.of(0, c.heads(), c.heads() * ch / 13)) {
      double y = TOP + (h + 0.5) * ch;
      text(g, Integer.toString(h), LEFT - 5, y, SMALL, colours().muted(), TextAlignment.RIGHT);
    }
    double bottom = TOP + c.heads() * ch;
    for (int l : Ticks.of(0, c.layers(), c.layers() * cw / 26)) {
      double x = LEFT + (l + 0.5) * cw;
      text(g, Integer.toString(l), x, bottom + 9, SMALL, colours().muted(), TextAlignment.CENTER);
    }
    double middle = LEFT + c.layers() * cw / 2;
    if (hoverLayer < 0) {
      text(g, "layer", middle, bottom + 24, SMALL, colours().muted(), TextAlignment.CENTER);
    }
    sideText(g, "head", 10, TOP + c.heads() * ch / 2, SMALL, colours().muted());
  }

  private void colourBar(GraphicsContext g, double x, double tall) {
    bar(g, map.get(), x, TOP, 8, (int) tall);
    boolean attention = encoding.get() == Encoding.ATTENTION;
    String[] marks =
        attention ? new String[] {"1", "0.01", "10⁻⁴"} : new String[] {"100 %", "50 %", "0 %"};
    for (int i = 0; i < marks.length; i++) {
      double y = Math.clamp(TOP + tall * i / 2, TOP + 5, TOP + tall - 5);
      text(g, marks[i], x + 12, y, SMALL, colours().muted(), TextAlignment.LEFT);
    }
  }

  private void outline(
      GraphicsContext g, int layer, int head, double cw, double ch, Color colour, double width) {
    g.setStroke(colour);
    g.setLineWidth(width);
    g.strokeRect(LEFT + layer * cw, TOP + head * ch, cw, ch);
  }

  private void tell(GraphicsContext g, View v, double h) {
    ModelConfig c = v.run().config();
    int kv = hoverLayer * c.kvHeads() + hoverHead / c.group();
    double value = encoding.get().value(v, hoverLayer, hoverHead);
    String s =
        "layer "
            + hoverLayer
            + ", head "
            + hoverHead
            + " (KV "
            + hoverHead / c.group()
            + ")"
            + (Double.isNaN(value) ? "" : "   " + encoding.get() + " " + Format.percent(value))
            + "   slots "
            + Format.count(v.step().after().slots(kv))
            + " of "
            + Format.count(v.step().seen());
    text(g, s, LEFT, h - 9, SMALL, colours().text(), TextAlignment.LEFT);
  }

  /** A tile, larger, in a place of its own: the one under the mouse, else the picked one. */
  private void enlarge(GraphicsContext g, int layer, int head, double w) {
    int t = PromptMemory.THUMBNAIL;
    double side = enlarged() - 8;
    double x = w - side - 4;
    // Smoothed, it would show an edge of the tiles beside it.
    g.setImageSmoothing(false);
    g.drawImage(image, layer * t, head * t, t, t, x, TOP, side, side);
    g.setImageSmoothing(true);
    g.setStroke(colours().line());
    g.setLineWidth(1);
    g.strokeRect(x - 0.5, TOP - 0.5, side + 1, side + 1);
  }

  private void hover(MouseEvent e) {
    View v = lens.viewProperty().get();
    hoverLayer = -1;
    if (v != null) {
      ModelConfig c = v.run().config();
      int l = (int) Math.floor((x(e) - LEFT) / cellWidth(c));
      int h = (int) Math.floor((y(e) - TOP) / cellHeight(c));
      if (l >= 0 && l < c.layers() && h >= 0 && h < c.heads()) {
        hoverLayer = l;
        hoverHead = h;
      }
    }
    repaint();
  }

  private void pick(MouseEvent e) {
    hover(e);
    if (hoverLayer >= 0) {
      lens.selection().layerProperty().set(hoverLayer);
      lens.selection().headProperty().set(hoverHead);
    }
  }

  /** Where a head's tile is, in this region's coordinates, for the tour and tests. */
  public Point2D centre(int layer, int head) {
    ModelConfig c = lens.viewProperty().get().run().config();
    return new Point2D(
        (LEFT + (layer + 0.5) * cellWidth(c)) * scale(),
        (TOP + (head + 0.5) * cellHeight(c)) * scale());
  }

  @Override
  protected boolean key(KeyEvent e) {
    View v = lens.viewProperty().get();
    if (v == null) {
      return false;
    }
    ModelConfig c = v.run().config();
    int layer = v.layer();
    int head = v.head();
    switch (e.getCode()) {
      case LEFT -> layer--;
      case RIGHT -> layer++;
      case UP -> head--;
      case DOWN -> head++;
      case HOME -> layer = 0;
      case END -> layer = c.layers() - 1;
      default -> {
        return false;
      }
    }
    lens.selection().layerProperty().set(Math.clamp(layer, 0, c.layers() - 1));
    lens.selection().headProperty().set(Math.clamp(head, 0, c.heads() - 1));
    return true;
  }
}
