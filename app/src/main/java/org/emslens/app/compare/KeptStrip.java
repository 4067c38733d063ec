package org.emslens.app.compare;

import javafx.beans.binding.Bindings;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;

/**
 * The tokens that one run's KV head keeps in slots of their own, beside the first run's: kept by
 * both a full bar, only here a tall one with a cap, only there a hollow stub below the line.
 */
final class KeptStrip extends Surface {
  private static final double SIDE = 8;
  private static final double ROOMY = 340;
  private static final Color ONLY_HERE = Color.web("#009E73");

  private int[] mine;
  private int[] first;

  KeptStrip() {
    setFocusTraversable(false);
    prefHeightProperty()
        .bind(Bindings.createDoubleBinding(() -> 96 * lookProperty().get().text(), lookProperty()));
    minHeightProperty().bind(prefHeightProperty());
  }

  /**
   * @param mine per source token, position of its slot or -1; likewise `first`, which is null where
   *     there is nothing to compare with
   */
  void show(int[] mine, int[] first) {
    this.mine = mine;
    this.first = first;
    repaint();
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    if (mine == null) {
      return;
    }
    int n = mine.length;
    double unit = (w - 2 * SIDE) / n;
    double width = Math.max(0.8, unit > 3 ? unit - 1 : unit);
    double base = h - 30;
    double tall = base - 18;
    int here = 0;
    int there = 0;
    int both = 0;
    for (int i = 0; i < n; i++) {
      double x = SIDE + i * unit;
      boolean kept = mine[i] == i;
      boolean other = first == null ? kept : i < first.length && first[i] == i;
      if (kept && other) {
        both++;
        g.setFill(colours().kept());
        g.fillRect(x, base - tall * 0.6, width, tall * 0.6);
      } else if (kept) {
        here++;
        g.setFill(ONLY_HERE);
        g.fillRect(x, base - tall, width, tall);
        g.fillRect(x - 1, base - tall - 3, width + 2, 2);
      } else if (other) {
        there++;
        g.setStroke(colours().evicted());
        g.setLineWidth(1);
        g.strokeRect(x + 0.5, base + 2.5, Math.max(0.5, width - 1), 6);
      }
    }
    g.setStroke(colours().line());
    g.strokeLine(SIDE, base + 0.5, w - SIDE, base + 0.5);
    if (here + there == 0) {
      String same = first == null ? " kept" : " kept, the same as the first";
      caption(g, SIDE, colours().kept(), Format.count(both) + same);
    } else {
      boolean wide = w > ROOMY;
      double at =
          caption(
              g, SIDE, colours().kept(), Format.count(both) + (wide ? " kept by both" : " both"));
      at = caption(g, at, ONLY_HERE, Format.count(here) + (wide ? " only here" : " here"));
      caption(g, at, colours().evicted(), Format.count(there) + (wide ? " only there" : " there"));
    }
    text(g, "0", SIDE, h - 9, SMALL, colours().muted(), TextAlignment.LEFT);
    text(g, "source token", w / 2, h - 9, SMALL, colours().muted(), TextAlignment.CENTER);
    text(g, Format.count(n), w - SIDE, h - 9, SMALL, colours().muted(), TextAlignment.RIGHT);
  }

  /** A swatch and what it means; tells where the next may begin. */
  private double caption(GraphicsContext g, double x, Color colour, String what) {
    g.setFill(colour);
    g.fillRect(x, 4, 8, 8);
    text(g, what, x + 12, 8, SMALL, colours().text(), TextAlignment.LEFT);
    return x + 24 + 6.2 * what.length();
  }
}
