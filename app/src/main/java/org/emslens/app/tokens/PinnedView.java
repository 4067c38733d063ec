package org.emslens.app.tokens;

import java.util.List;
import java.util.function.BooleanSupplier;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Background;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.cache.TokenState;
import org.emslens.model.ModelConfig;
import org.emslens.session.Step;

/**
 * The pinned token's state in every KV head at the shown step, as a small map of layers across and
 * KV heads down, and over all steps the share of heads that keep, merge and evict it.
 */
public final class PinnedView extends Surface {
  private static final double LEFT = 8;
  private static final double TOP = 20;
  private static final double BOTTOM = 16;

  private final Lens lens;
  private final Background background = new Background();
  private Fates fates;

  /**
   * @param heads per KV head of all layers, at the shown step
   * @param steps per step from the one on that first saw the token, counts by state's number
   * @param first that step
   */
  private record Fates(View view, int token, TokenState[] heads, List<int[]> steps, int first) {}

  public PinnedView(Lens lens) {
    this.lens = lens;
    setId("pinned");
    setFocusTraversable(false);
    lens.viewProperty().addListener((o, before, now) -> compute());
    lens.selection().pinnedProperty().addListener((o, before, now) -> compute());
  }

  private void compute() {
    View v = lens.viewProperty().get();
    int token = lens.selection().pinnedProperty().get();
    if (v == null || token < 0 || token >= v.step().seen()) {
      fates = null;
      repaint();
      return;
    }
    background.request(
        stale -> fates(v, token, stale),
        f -> {
          fates = f;
          repaint();
        });
  }

  private static Fates fates(View v, int token, BooleanSupplier stale) {
    int heads = v.run().config().allKvHeads();
    TokenState[] now = new TokenState[heads];
    int first = Math.max(0, token - v.promptTokens() + 1);
    List<Step> steps = v.run().steps().subList(first, v.run().steps().size());
    List<int[]> counts = new java.util.ArrayList<>();
    for (Step s : steps) {
      if (stale.getAsBoolean()) {
        return null;
      }
      int[] n = new int[TokenState.values().length];
      for (int h = 0; h < heads; h++) {
        int host = s.after().head(h).hosts(s.seen())[token];
        TokenState state =
            TokenState.of(token, host, v.run().reached(h / v.run().config().kvHeads(), s));
        n[state.ordinal()]++;
        if (s.index() == v.stepIndex()) {
          now[h] = state;
        }
      }
      counts.add(n);
    }
    return new Fates(v, token, now, counts, first);
  }

  private Color colour(TokenState s) {
    return switch (s) {
      case KEPT -> colours().kept();
      case MERGED -> colours().merged();
      case EVICTED -> colours().evicted().deriveColor(0, 1, 1, 0.35);
      case OUT_OF_REACH -> Color.TRANSPARENT;
    };
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    if (fates == null) {
      hint(g, "A click on a token pins it.", w, h);
      return;
    }
    g.setFill(colours().pinned());
    g.fillOval(LEFT, 5, 8, 8);
    String name =
        Format.count(fates.token) + " " + Format.token(fates.view.run().token(fates.token), 16);
    text(g, name, LEFT + 13, 9, MONO_SMALL, colours().text(), TextAlignment.LEFT);
    double half = w / 2 - 12;
    map(g, LEFT, half, h);
    overSteps(g, LEFT + half + 14, half - 4, h);
  }

  private void map(GraphicsContext g, double x, double w, double h) {
    ModelConfig c = fates.view.run().config();
    double cw = w / c.layers();
    double ch = (h - TOP - BOTTOM) / c.kvHeads();
    for (int i = 0; i < fates.heads.length; i++) {
      if (fates.heads[i] != null) {
        g.setFill(colour(fates.heads[i]));
        double gap = cw > 3 && ch > 3 ? 0.7 : 0;
        g.fillRect(x + i / c.kvHeads() * cw, TOP + i % c.kvHeads() * ch, cw - gap, ch - gap);
      }
    }
    g.setStroke(colours().accent());
    g.setLineWidth(1.5);
    int shown = fates.view.kvHead();
    g.strokeRect(x + shown / c.kvHeads() * cw, TOP + shown % c.kvHeads() * ch, cw, ch);
    text(g, "layers × KV heads", x, h - 7, SMALL, colours().muted(), TextAlignment.LEFT);
  }

  private void overSteps(GraphicsContext g, double x, double w, double h) {
    int n = fates.steps.size();
    double unit = Math.min(10, w / n);
    double ph = h - TOP - BOTTOM;
    int heads = fates.heads.length;
    for (int i = 0; i < n; i++) {
      double y = TOP + ph;
      for (TokenState s : TokenState.values()) {
        double tall = ph * fates.steps.get(i)[s.ordinal()] / heads;
        g.setFill(colour(s));
        g.fillRect(x + i * unit, y - tall, Math.max(0.8, unit - 0.5), tall);
        y -= tall;
      }
      if (fates.first + i == fates.view.stepIndex()) {
        g.setStroke(colours().accent());
        g.strokeRect(x + i * unit, TOP, Math.max(1, unit - 0.5), ph);
      }
    }
    text(
        g,
        "heads, steps " + fates.first + " to " + (fates.first + n - 1),
        x,
        h - 7,
        SMALL,
        colours().muted(),
        TextAlignment.LEFT);
  }
}
