package org.emslens.app.scores;

import java.util.Arrays;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;
import org.emslens.app.controls.Ticks;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.TokenKeys;
import org.emslens.app.lens.View;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadSlots;

/**
 * The scores of the latest compression along the context: Global, Local, what they were joined to,
 * and the cut above which candidates became centres. Each curve is drawn on a root scale over its
 * own largest value.
 */
public final class ScoresView extends Surface {
  private static final double LEFT = 26;
  private static final double TOP = 22;
  private static final double RIGHT = 8;
  private static final double BOTTOM = 32;
  private static final Color GLOBAL = Color.web("#009E73");
  private static final Color LOCAL = Color.web("#CC79A7");

  private final Lens lens;

  public ScoresView(Lens lens) {
    this.lens = lens;
    setId("scores");
    setAccessibleText("Scores along the context: Global, Local and what joins them");
    lens.viewProperty().addListener((o, before, now) -> repaint());
    lens.selection().tokenProperty().addListener((o, before, now) -> repaint());
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    HeadPlan plan = v == null ? null : v.lastPlan();
    if (plan == null) {
      hint(
          g,
          v == null
              ? "Scores appear with the first compression."
              : "Nothing was compressed: the budget holds all.",
          w,
          h);
      return;
    }
    if (plan.scores().score().length == 0) {
      hint(g, v.run().choice().policy().title() + " goes by position, not by a score.", w, h);
      return;
    }
    int[] positions = positions(v);
    int span = v.lastCompression().before().seen();
    double pw = w - LEFT - RIGHT;
    double ph = h - TOP - BOTTOM;
    g.setStroke(colours().line());
    g.setLineWidth(1);
    g.strokeRect(LEFT + 0.5, TOP + 0.5, pw, ph);
    float[] score = plan.scores().score();
    area(g, score, positions, span, pw, ph);
    curve(g, plan.scores().global(), positions, span, pw, ph, GLOBAL);
    curve(g, plan.scores().local(), positions, span, pw, ph, LOCAL);
    cut(g, plan, score, pw, ph);
    legend(g);
    for (int t : Ticks.of(0, span, pw / 60)) {
      double x = LEFT + (t + 0.5) * pw / span;
      text(g, Format.count(t), x, TOP + ph + 9, SMALL, colours().muted(), TextAlignment.CENTER);
    }
    text(g, "source token", LEFT + pw / 2, h - 8, SMALL, colours().muted(), TextAlignment.CENTER);
    sideText(
        g,
        ph > 150 ? "score (root, cut at 99 %)" : "score",
        10,
        TOP + ph / 2,
        SMALL,
        colours().muted());
    int t = lens.selection().tokenProperty().get();
    if (t >= 0 && t < span) {
      double x = LEFT + (t + 0.5) * pw / span;
      g.setStroke(colours().accent());
      g.strokeLine(x, TOP, x, TOP + ph);
    }
  }

  @Override
  protected boolean key(KeyEvent e) {
    View v = lens.viewProperty().get();
    return v != null && TokenKeys.move(e, lens.selection(), v.step().seen());
  }

  /** True positions of the candidates, which after a first compression are no longer 0, 1, 2 ... */
  private static int[] positions(View v) {
    HeadSlots slots = v.lastCompression().before().head(v.kvHead());
    return slots.position();
  }

  private void curve(
      GraphicsContext g, float[] y, int[] positions, int span, double pw, double ph, Color colour) {
    g.setStroke(colour);
    g.setLineWidth(0.9);
    path(g, y, positions, span, pw, ph);
    g.stroke();
  }

  /** What candidates were ranked by, as a silhouette behind the two curves it is made of. */
  private void area(GraphicsContext g, float[] y, int[] positions, int span, double pw, double ph) {
    g.setFill(colours().muted().deriveColor(0, 1, 1, 0.28));
    double top = Math.max(top(y), 1e-12);
    double wide = Math.max(1, pw / span);
    for (int i = 0; i < y.length; i++) {
      double tall = height(y[i], top, ph);
      g.fillRect(LEFT + positions[i] * pw / span, TOP + ph - tall, wide, tall);
    }
  }

  /** A line through neighbours; tokens between them that are gone have no score to draw. */
  private static void path(
      GraphicsContext g, float[] y, int[] positions, int span, double pw, double ph) {
    double top = Math.max(top(y), 1e-12);
    g.beginPath();
    for (int i = 0; i < y.length; i++) {
      double px = LEFT + (positions[i] + 0.5) * pw / span;
      double py = TOP + ph - height(y[i], top, ph);
      if (i == 0 || positions[i] > positions[i - 1] + 1) {
        g.moveTo(px - 0.4, py);
        g.lineTo(px + 0.4, py);
      } else {
        g.lineTo(px, py);
      }
    }
  }

  private static double height(float y, double top, double ph) {
    return Math.sqrt(Math.clamp(y / top, 0, 1)) * (ph - 2);
  }

  private void cut(GraphicsContext g, HeadPlan plan, float[] score, double pw, double ph) {
    float least = Float.MAX_VALUE;
    for (int j : plan.centres()) {
      least = Math.min(least, score[j]);
    }
    double top = top(score);
    if (plan.centres().length == 0 || top <= 0) {
      return;
    }
    double y = TOP + ph - height(least, top, ph);
    g.setStroke(colours().kept());
    g.setLineWidth(1);
    g.setLineDashes(4, 3);
    g.strokeLine(LEFT, y, LEFT + pw, y);
    g.setLineDashes();
    g.setFill(colours().surface().deriveColor(0, 1, 1, 0.8));
    g.fillRect(LEFT + pw - 52, y - 14, 50, 13);
    text(g, "centres", LEFT + pw - 4, y - 7, SMALL, colours().kept(), TextAlignment.RIGHT);
  }

  /**
   * The value that one candidate in a hundred exceeds: attention sinks would flatten everything
   * else.
   */
  private static double top(float[] y) {
    float[] sorted = y.clone();
    Arrays.sort(sorted);
    return sorted[(int) (0.99 * (sorted.length - 1))];
  }

  private void legend(GraphicsContext g) {
    double x = LEFT;
    String[] names = {"Global", "Local", "joined"};
    Color[] inks = {GLOBAL, LOCAL, colours().muted().deriveColor(0, 1, 1, 0.5)};
    for (int i = 0; i < names.length; i++) {
      g.setStroke(inks[i]);
      g.setLineWidth(2);
      g.strokeLine(x, 10, x + 14, 10);
      text(g, names[i], x + 18, 10, SMALL, colours().muted(), TextAlignment.LEFT);
      x += 74;
    }
  }
}
