package org.emslens.app.budget;

import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.TokenState;
import org.emslens.model.ModelConfig;

/**
 * The KV heads of the shown layer as bars of what became of their tokens, and the sparsity of every
 * KV head of the model as columns to pick from.
 */
public final class HeadBars extends Surface {
  private static final double LEFT = 44;
  private static final double RIGHT = 8;
  private static final double ROW = 34;
  private static final double BAR = 18;
  private static final int MOST_ROWS = 4;

  /** Where there is room for a fourth number. */
  private static final double ROOMY = 300;

  private final Lens lens;

  public HeadBars(Lens lens) {
    this.lens = lens;
    setId("bars");
    setAccessibleText("How much the layer's KV heads keep, and the sparsity of all");
    lens.viewProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_CLICKED, this::pick);
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "How much each head keeps.", w, h);
      return;
    }
    ModelConfig c = v.run().config();
    int rows = rows(c);
    double row = row(rows);
    int shownHead = v.head() / c.group();
    int first = Math.clamp(shownHead - rows / 2, 0, c.kvHeads() - rows);
    for (int i = 0; i < rows; i++) {
      double y = 2 + i * row;
      int index = v.layer() * c.kvHeads() + first + i;
      int[] counts = v.step().after().head(index).count(v.step().seen(), v.reached());
      bar(g, v, first + i, counts, y, w, first + i == shownHead);
      if (row == ROW) {
        numbers(g, v, index, counts, y + 23, w);
      }
    }
    columns(g, v, rows * row + 8, w, h);
  }

  /** As many as there is room for as bars alone. */
  private int rows(ModelConfig c) {
    return Math.clamp((long) (height() / BAR), 1, Math.min(MOST_ROWS, c.kvHeads()));
  }

  /** With its numbers under each bar, where there is room for that. */
  private double row(int rows) {
    return height() >= rows * ROW ? ROW : BAR;
  }

  private void bar(
      GraphicsContext g, View v, int kv, int[] counts, double y, double w, boolean shown) {
    Palette c = colours();
    int seen = v.step().seen();
    int kept = counts[TokenState.KEPT.ordinal()];
    int merged = counts[TokenState.MERGED.ordinal()];
    double width = w - LEFT - RIGHT;
    text(
        g,
        "KV " + kv,
        4,
        y + 8,
        shown ? NORMAL : SMALL,
        shown ? c.text() : c.muted(),
        TextAlignment.LEFT);
    double x = LEFT;
    double keptWidth = width * kept / seen;
    g.setFill(c.kept());
    g.fillRect(x, y + 1, keptWidth, 13);
    double mergedWidth = width * merged / seen;
    g.setFill(c.merged());
    for (double s = 0; s < mergedWidth; s += 4) {
      g.fillRect(x + keptWidth + s, y + 1, Math.min(2.6, mergedWidth - s), 13);
    }
    double beyond = width * counts[TokenState.OUT_OF_REACH.ordinal()] / seen;
    g.setFill(c.line());
    g.fillRect(x + width - beyond, y + 1, beyond, 13);
    g.setStroke(shown ? c.accent() : c.evicted());
    g.setLineWidth(1);
    g.strokeRect(x + 0.5, y + 1.5, width - 1, 12);
  }

  private void numbers(GraphicsContext g, View v, int index, int[] counts, double y, double w) {
    int beyond = counts[TokenState.OUT_OF_REACH.ordinal()];
    HeadPlan plan =
        v.lastCompression() == null ? null : v.lastCompression().plan().heads().get(index);
    String more =
        beyond > 0 && w - LEFT - RIGHT > ROOMY
            ? ", " + Format.count(beyond) + " out of reach"
            : plan == null || w - LEFT - RIGHT < 290
                ? ""
                : ", sparsity " + Format.percent(plan.readout().sparsity());
    text(
        g,
        Format.count(counts[TokenState.KEPT.ordinal()])
            + " kept, "
            + Format.count(counts[TokenState.MERGED.ordinal()])
            + " merged, "
            + Format.count(counts[TokenState.EVICTED.ordinal()])
            + " evicted"
            + more,
        LEFT,
        y,
        SMALL,
        colours().muted(),
        TextAlignment.LEFT);
  }

  private void columns(GraphicsContext g, View v, double top, double w, double h) {
    double ph = h - top - 30;
    if (ph < 22) {
      return;
    }
    ModelConfig c = v.run().config();
    int n = c.allKvHeads();
    double width = w - LEFT - RIGHT;
    double unit = width / n;
    for (int i = 0; i < n; i++) {
      double value =
          v.lastCompression() == null
              ? 0
              : Math.max(0, v.lastCompression().plan().heads().get(i).readout().sparsity());
      g.setFill(
          i == v.kvHead() ? colours().accent() : colours().kept().deriveColor(0, 0.8, 1, 0.55));
      g.fillRect(LEFT + i * unit, top + ph * (1 - value), Math.max(0.8, unit - 0.6), ph * value);
    }
    g.setStroke(colours().line());
    g.strokeLine(LEFT, top + ph + 0.5, LEFT + width, top + ph + 0.5);
    text(g, "1", LEFT - 4, top + 4, SMALL, colours().muted(), TextAlignment.RIGHT);
    text(g, "0", LEFT - 4, top + ph - 3, SMALL, colours().muted(), TextAlignment.RIGHT);
    sideText(g, "sparsity", 12, top + ph / 2, SMALL, colours().muted());
    text(
        g,
        "KV heads, layer 0 to " + (c.layers() - 1),
        LEFT + width / 2,
        top + ph + 12,
        SMALL,
        colours().muted(),
        TextAlignment.CENTER);
  }

  @Override
  protected boolean key(KeyEvent e) {
    View v = lens.viewProperty().get();
    if (v == null) {
      return false;
    }
    ModelConfig c = v.run().config();
    int by =
        switch (e.getCode()) {
          case LEFT -> -1;
          case RIGHT -> 1;
          case UP -> -1;
          case DOWN -> 1;
          default -> 0;
        };
    if (by == 0) {
      return false;
    }
    int kv = Math.clamp(v.kvHead() + by, 0, c.allKvHeads() - 1);
    lens.selection().layerProperty().set(kv / c.kvHeads());
    lens.selection().headProperty().set(kv % c.kvHeads() * c.group());
    return true;
  }

  private void pick(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (v == null) {
      return;
    }
    ModelConfig c = v.run().config();
    int rows = rows(c);
    double row = row(rows);
    if (y(e) < rows * row) {
      int first = Math.clamp(v.head() / c.group() - rows / 2, 0, c.kvHeads() - rows);
      int kv = first + (int) (y(e) / row);
      lens.selection().headProperty().set(Math.min(kv, c.kvHeads() - 1) * c.group());
    } else if (x(e) >= LEFT && x(e) < width() - RIGHT) {
      int i = (int) ((x(e) - LEFT) / (width() - LEFT - RIGHT) * c.allKvHeads());
      lens.selection().layerProperty().set(i / c.kvHeads());
      lens.selection().headProperty().set(i % c.kvHeads() * c.group());
    }
  }
}
