package org.emslens.app.tokens;

import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Surface;
import org.emslens.app.controls.Ticks;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.TokenKeys;
import org.emslens.app.lens.View;
import org.emslens.cache.TokenState;

/**
 * Every source token of the shown head side by side: kept a full bar, merged a hatched half,
 * evicted a hollow stub, out of reach nothing; arcs tie the members of the slot under the mouse to
 * its centre.
 */
public final class TokenStrip extends Surface {
  private static final double SIDE = 10;
  private static final double BOTTOM = 32;

  private final Lens lens;
  private Fate fate;

  public TokenStrip(Lens lens) {
    this.lens = lens;
    setId("strip");
    setAccessibleText("Every source token of the head: kept, merged or evicted");
    lens.viewProperty()
        .addListener(
            (o, before, now) -> {
              fate = null;
              repaint();
            });
    lens.selection().tokenProperty().addListener((o, before, now) -> repaint());
    lens.selection().pinnedProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(MouseEvent.MOUSE_EXITED, e -> lens.selection().tokenProperty().set(-1));
    addEventHandler(MouseEvent.MOUSE_CLICKED, e -> lens.selection().togglePinned(at(e)));
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "Which tokens the head keeps, merges and evicts.", w, h);
      return;
    }
    if (fate == null) {
      fate = Fate.of(v);
    }
    int n = fate.hosts().length;
    double unit = (w - 2 * SIDE) / n;
    double base = h - BOTTOM;
    double tall = Math.clamp(base * 0.45, 10, 140);
    for (int i = 0; i < n; i++) {
      bar(g, fate.state(i), SIDE + i * unit, Math.max(0.6, unit > 3 ? unit - 1 : unit), base, tall);
    }
    int pinned = lens.selection().pinnedProperty().get();
    if (pinned >= 0 && pinned < n) {
      double x = SIDE + (pinned + 0.5) * unit;
      g.setFill(colours().pinned());
      g.fillPolygon(new double[] {x - 4, x + 4, x}, new double[] {2, 2, 9}, 3);
      g.fillRect(x - 0.75, 9, 1.5, base - 9);
    }
    arcs(g, unit, base - tall, base);
    g.setStroke(colours().line());
    g.setLineWidth(1);
    g.strokeLine(SIDE, base + 0.5, w - SIDE, base + 0.5);
    for (int t : Ticks.of(0, n, w / 70)) {
      double x = SIDE + (t + 0.5) * unit;
      text(g, Format.count(t), x, base + 9, SMALL, colours().muted(), TextAlignment.CENTER);
    }
    int hovered = lens.selection().tokenProperty().get();
    if (hovered >= 0 && hovered < n) {
      text(
          g,
          fate.tell(hovered, false, letters(w - SIDE)),
          SIDE,
          h - 8,
          MONO_SMALL,
          colours().text(),
          TextAlignment.LEFT);
    } else {
      text(g, "source token", w / 2, h - 8, SMALL, colours().muted(), TextAlignment.CENTER);
    }
  }

  private void bar(
      GraphicsContext g, TokenState state, double x, double width, double base, double tall) {
    Palette c = colours();
    if (state == TokenState.KEPT) {
      g.setFill(c.kept());
      g.fillRect(x, base - tall, width, tall);
    } else if (state == TokenState.MERGED) {
      g.setFill(c.merged());
      for (double y = base - tall * 0.6; y < base - 1; y += 4) {
        g.fillRect(x, y, Math.max(width, 1), 3);
      }
    } else if (state == TokenState.EVICTED) {
      g.setFill(c.evicted().deriveColor(0, 1, 1, 0.6));
      g.fillRect(x, base - tall * 0.14, width, 1.2);
    }
  }

  private void arcs(GraphicsContext g, double unit, double top, double base) {
    int hovered = lens.selection().tokenProperty().get();
    if (hovered < 0 || hovered >= fate.hosts().length) {
      return;
    }
    double at = SIDE + (hovered + 0.5) * unit;
    g.setStroke(colours().accent());
    g.setLineWidth(1);
    g.strokeLine(at, 4, at, base);
    int host = fate.hosts()[hovered];
    if (host < 0) {
      return;
    }
    g.setStroke(colours().merged());
    g.setLineWidth(1.2);
    double to = SIDE + (host + 0.5) * unit;
    for (int i = 0; i < fate.hosts().length; i++) {
      if (i != host && fate.hosts()[i] == host) {
        double from = SIDE + (i + 0.5) * unit;
        g.beginPath();
        g.moveTo(from, top + 2);
        g.quadraticCurveTo(
            (from + to) / 2, Math.max(2, top - 14 - Math.abs(from - to) / 6), to, top);
        g.stroke();
      }
    }
  }

  private int at(MouseEvent e) {
    if (fate == null) {
      return -1;
    }
    int n = fate.hosts().length;
    int t = (int) Math.floor((x(e) - SIDE) / (width() - 2 * SIDE) * n);
    return t >= 0 && t < n ? t : -1;
  }

  private void hover(MouseEvent e) {
    lens.selection().tokenProperty().set(at(e));
  }

  @Override
  protected boolean key(KeyEvent e) {
    return fate != null && TokenKeys.move(e, lens.selection(), fate.hosts().length);
  }
}
