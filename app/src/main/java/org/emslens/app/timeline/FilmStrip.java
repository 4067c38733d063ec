package org.emslens.app.timeline;

import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.session.Run;
import org.emslens.session.Step;

/**
 * All steps side by side: how many slots a head held on average, a mark where the cache was
 * compressed. Clicking or dragging goes there.
 */
public final class FilmStrip extends Surface {
  private static final double LEFT = 60;
  private static final double RIGHT = 10;
  private static final double BOTTOM = 17;

  /** What stands nearer to an edge would lie under the ring that shows the focus. */
  private static final double EDGE = 3;

  private static final double LEGEND = 96;

  /** Share of the height for the rest of a bar that is cut off. */
  private static final double CUT = 0.3;

  private final Lens lens;
  private final TimelineModel model;

  FilmStrip(Lens lens, TimelineModel model) {
    this.lens = lens;
    this.model = model;
    setAccessibleText("Steps: the slots that heads held, and where the cache was compressed");
    setId("timeline");
    lens.viewProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_PRESSED, this::go);
    addEventHandler(MouseEvent.MOUSE_DRAGGED, this::go);
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "Steps appear here as tokens are generated.", w, h);
      return;
    }
    int n = v.run().steps().size();
    int heads = v.run().config().allKvHeads();
    double unit = unit(w, n);
    double ph = h - BOTTOM - EDGE - 2;
    double most = most(v.run()) / heads;
    boolean cut = v.run().steps().getFirst().before().slots() > most * heads;
    // Above the others there is room for what is left of a bar that is cut off.
    double top = cut ? EDGE + 2 + CUT * ph : EDGE + 2;
    double tall = EDGE + 2 + ph - top;
    for (Step s : v.run().steps()) {
      double x = LEFT + s.index() * unit;
      double before = Math.min(ph, tall * s.before().slots() / heads / most);
      double after = tall * s.after().slots() / heads / most;
      boolean shown = s.index() == v.stepIndex();
      double wide = Math.max(1, unit - 1);
      g.setFill(colours().faint());
      g.fillRect(x, EDGE + 2 + ph - before, wide, before);
      g.setFill(shown ? colours().accent() : colours().kept().deriveColor(0, 0.8, 1, 0.6));
      g.fillRect(x, EDGE + 2 + ph - after, wide, after);
      if (cut && s.index() == 0) {
        g.setFill(colours().surface());
        g.fillRect(x, EDGE + 2 + ph * CUT / 2, wide, 2);
      }
      if (s.plan() != null) {
        g.setFill(colours().merged());
        double c = x + wide / 2;
        g.fillPolygon(new double[] {c - 4, c + 4, c}, new double[] {EDGE, EDGE, EDGE + 7}, 3);
      }
    }
    text(
        g,
        Format.count(Math.round(most)),
        LEFT - 5,
        top + 5,
        SMALL,
        colours().muted(),
        TextAlignment.RIGHT);
    text(g, "slots", LEFT - 5, EDGE + ph - 2, SMALL, colours().muted(), TextAlignment.RIGHT);
    int step = Math.max(1, (int) Math.ceil(40 / unit));
    for (int i = 0; i < n; i += step) {
      text(
          g,
          Integer.toString(i),
          LEFT + (i + 0.5) * unit,
          h - 5 - EDGE,
          SMALL,
          colours().muted(),
          TextAlignment.CENTER);
    }
    text(g, "step", LEFT - 5, h - 5 - EDGE, SMALL, colours().muted(), TextAlignment.RIGHT);
    if (hasLegend(w)) {
      text(
          g,
          "▾ compressed",
          w - RIGHT,
          h - 5 - EDGE,
          SMALL,
          colours().muted(),
          TextAlignment.RIGHT);
    }
  }

  /** Slots that bars are as high as; that of the prompt before its compression is cut off. */
  private static double most(Run run) {
    double most = 1;
    for (Step s : run.steps()) {
      most = Math.max(most, s.index() == 0 ? s.after().slots() : s.before().slots());
    }
    return most;
  }

  /** Width of a step; the legend stands beside them. */
  private static double unit(double w, int steps) {
    return Math.min(24, (w - LEFT - RIGHT - (hasLegend(w) ? LEGEND : 0)) / steps);
  }

  private static boolean hasLegend(double w) {
    return w > 3 * LEGEND;
  }

  @Override
  protected boolean key(KeyEvent e) {
    switch (e.getCode()) {
      case LEFT -> model.back();
      case RIGHT -> model.forward();
      case HOME -> model.first();
      case END -> model.last();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void go(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (v != null) {
      int n = v.run().steps().size();
      double unit = unit(width(), n);
      lens.selection().stepProperty().set(Math.clamp((long) ((x(e) - LEFT) / unit), 0, n - 1));
    }
  }
}
