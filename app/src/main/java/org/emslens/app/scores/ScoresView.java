package org.emslens.app.scores;

import java.util.Arrays;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;
import org.emslens.app.controls.Ticks;
import org.emslens.app.controls.Uncompressed;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.TokenKeys;
import org.emslens.app.lens.View;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadSlots;
import org.emslens.cache.Switch;

/**
 * The scores of the latest compression along the context: what candidates were ranked by, the cut
 * above which they became centres and, where they were joined to that, Global and Local, each over
 * its own cut, so that all are on one scale.
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
    lens.selection().pinnedProperty().addListener((o, before, now) -> repaint());
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
              : Uncompressed.why(v.run(), v.step()) + ".",
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
    Plot plot = new Plot(g, positions, span, pw, ph, Math.max(top(score), 1e-12));
    boolean joined = v.run().choice().policy().switches().contains(Switch.ALPHA);
    area(plot, score);
    if (joined) {
      curve(plot, plan.scores().global(), cutOf(plan.scores().global(), score), GLOBAL);
      curve(plot, plan.scores().local(), cutOf(plan.scores().local(), score), LOCAL);
    }
    cut(plot, plan, score);
    legend(g, joined);
    for (int t : Ticks.of(0, span, pw / 60)) {
      double x = LEFT + (t + 0.5) * pw / span;
      double room = Math.min(x, LEFT + pw - 4 - 3.0 * Format.count(t).length());
      text(g, Format.count(t), room, TOP + ph + 9, SMALL, colours().muted(), TextAlignment.CENTER);
    }
    text(g, "source token", LEFT + pw / 2, h - 8, SMALL, colours().muted(), TextAlignment.CENTER);
    sideText(
        g,
        ph > 150 ? "score (root, cut at 99 %)" : "score (root)",
        10,
        TOP + ph / 2,
        SMALL,
        colours().muted());
    marked(plot, lens.selection().pinnedProperty().get());
    marked(plot, lens.selection().tokenProperty().get());
  }

  private void marked(Plot p, int token) {
    if (token >= 0 && token < p.span) {
      double x = LEFT + (token + 0.5) * p.width / p.span;
      p.g.setStroke(colours().accent());
      p.g.strokeLine(x, TOP, x, TOP + p.height);
    }
  }

  /**
   * Where and how large things are drawn.
   *
   * @param top score that reaches the upper edge
   */
  private record Plot(
      GraphicsContext g, int[] positions, int span, double width, double height, double top) {

    double tall(double y) {
      return Math.sqrt(Math.clamp(y / top, 0, 1)) * (height - 2);
    }
  }

  /**
   * What a part of the score was divided by before the larger of the two was taken: the most that
   * it is over the score, since where it decided, it was the score.
   */
  private static double cutOf(float[] part, float[] score) {
    double cut = 1e-12;
    for (int j = 0; j < score.length; j++) {
      cut = score[j] > 0 ? Math.max(cut, part[j] / score[j]) : cut;
    }
    return cut;
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

  /** A line through neighbours; tokens between them that are gone have no score to draw. */
  private static void curve(Plot p, float[] y, double cut, Color colour) {
    p.g.setStroke(colour);
    p.g.setLineWidth(0.9);
    p.g.beginPath();
    for (int i = 0; i < y.length; i++) {
      double px = LEFT + (p.positions[i] + 0.5) * p.width / p.span;
      double py = TOP + p.height - p.tall(y[i] / cut);
      if (i == 0 || p.positions[i] > p.positions[i - 1] + 1) {
        p.g.moveTo(px - 0.4, py);
        p.g.lineTo(px + 0.4, py);
      } else {
        p.g.lineTo(px, py);
      }
    }
    p.g.stroke();
  }

  /** What candidates were ranked by, as a silhouette behind the two curves it is made of. */
  private void area(Plot p, float[] y) {
    p.g.setFill(colours().muted().deriveColor(0, 1, 1, 0.28));
    double wide = Math.max(1, p.width / p.span);
    for (int i = 0; i < y.length; i++) {
      double tall = p.tall(y[i]);
      p.g.fillRect(LEFT + p.positions[i] * p.width / p.span, TOP + p.height - tall, wide, tall);
    }
  }

  private void cut(Plot p, HeadPlan plan, float[] score) {
    if (plan.centres().length == 0) {
      return;
    }
    float least = Float.MAX_VALUE;
    for (int j : plan.centres()) {
      least = Math.min(least, score[j]);
    }
    double y = TOP + p.height - p.tall(least);
    p.g.setStroke(colours().kept());
    p.g.setLineWidth(1);
    p.g.setLineDashes(4, 3);
    p.g.strokeLine(LEFT, y, LEFT + p.width, y);
    p.g.setLineDashes();
    p.g.setFill(colours().surface().deriveColor(0, 1, 1, 0.8));
    p.g.fillRect(LEFT + p.width - 52, y - 14, 50, 13);
    text(p.g, "centres", LEFT + p.width - 4, y - 7, SMALL, colours().kept(), TextAlignment.RIGHT);
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

  private void legend(GraphicsContext g, boolean joined) {
    Color grey = colours().muted().deriveColor(0, 1, 1, 0.5);
    if (joined) {
      legend(g, LEFT, GLOBAL, "Global");
      legend(g, LEFT + 74, LOCAL, "Local");
      legend(g, LEFT + 148, grey, "joined");
    } else {
      legend(g, LEFT, grey, "score");
    }
  }

  private void legend(GraphicsContext g, double x, Color ink, String name) {
    g.setStroke(ink);
    g.setLineWidth(2);
    g.strokeLine(x, 10, x + 14, 10);
    text(g, name, x + 18, 10, SMALL, colours().muted(), TextAlignment.LEFT);
  }
}
