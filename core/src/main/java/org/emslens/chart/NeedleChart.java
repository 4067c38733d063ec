package org.emslens.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.emslens.experiment.NeedleGrid;
import org.emslens.experiment.Outcome;

/**
 * Needle grids side by side: length across, depth down, colour for the share of right answers, and
 * in each cell that share with its 95 % interval.
 */
public final class NeedleChart implements Figure {
  private static final int CELL_W = 76;
  private static final int CELL_H = 40;
  private static final int LEFT = 100;
  private static final int TOP = 36;
  private static final int BOTTOM = 52;
  private static final int GAP = 24;
  private static final int BAR = 54;
  private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Font SMALL = PLAIN.deriveFont(10f);
  private static final Font BOLD = PLAIN.deriveFont(Font.BOLD, 13f);

  private final List<NeedleGrid> grids;
  private final int columns;
  private final int panelWidth;
  private final int panelHeight;

  private NeedleChart(List<NeedleGrid> grids) {
    this.grids = grids;
    columns = Math.min(grids.size(), 3);
    NeedleGrid first = grids.getFirst();
    panelWidth = LEFT + Math.max(3, first.lengths().size()) * CELL_W + GAP;
    panelHeight = TOP + first.depths().size() * CELL_H + BOTTOM;
  }

  /**
   * @return null where there are no needles among the outcomes
   */
  public static NeedleChart of(Collection<Outcome> outcomes) {
    List<NeedleGrid> grids = NeedleGrid.of(outcomes);
    return grids.isEmpty() ? null : new NeedleChart(grids);
  }

  @Override
  public int width() {
    return columns * panelWidth + BAR + 2 * GAP;
  }

  @Override
  public int height() {
    return (grids.size() + columns - 1) / columns * panelHeight + GAP;
  }

  @Override
  public void paint(Graphics2D g) {
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width(), height());
    for (int i = 0; i < grids.size(); i++) {
      panel(g, grids.get(i), i % columns * panelWidth, i / columns * panelHeight);
    }
    bar(g, columns * panelWidth + GAP, TOP, panelHeight - TOP - BOTTOM);
  }

  private void panel(Graphics2D g, NeedleGrid grid, int left, int top) {
    g.setColor(Color.BLACK);
    g.setFont(BOLD);
    g.drawString(grid.title(), left + LEFT, top + TOP - 12);
    int x0 = left + LEFT;
    int y0 = top + TOP;
    for (int y = 0; y < grid.depths().size(); y++) {
      double depth = grid.depths().get(y);
      g.setFont(PLAIN);
      g.setColor(Color.DARK_GRAY);
      right(g, NeedleGrid.named(depth), x0 - 8, y0 + y * CELL_H + CELL_H / 2 + 5);
      for (int x = 0; x < grid.lengths().size(); x++) {
        cell(g, grid.cell(grid.lengths().get(x), depth), x0 + x * CELL_W, y0 + y * CELL_H);
      }
    }
    int bottom = y0 + grid.depths().size() * CELL_H;
    g.setColor(Color.DARK_GRAY);
    g.setFont(PLAIN);
    for (int x = 0; x < grid.lengths().size(); x++) {
      String text = String.format(Locale.ROOT, "%,d", grid.lengths().get(x));
      middle(g, text, x0 + x * CELL_W + CELL_W / 2, bottom + 16);
    }
    middle(g, "context (tokens)", x0 + grid.lengths().size() * CELL_W / 2, bottom + 34);
    if (grid.depths().size() == 1) {
      // There is no axis, and no room for its name.
      return;
    }
    Graphics2D turned = (Graphics2D) g.create();
    turned.translate(left + 24, y0 + grid.depths().size() * CELL_H / 2);
    turned.rotate(-Math.PI / 2);
    middle(turned, "depth of the needle", 0, 0);
    turned.dispose();
  }

  private static void cell(Graphics2D g, NeedleGrid.Cell cell, int x, int y) {
    if (cell == null) {
      g.setColor(new Color(0xdddddd));
      g.drawRect(x, y, CELL_W - 2, CELL_H - 2);
      return;
    }
    double p = cell.accuracy().mean();
    g.setColor(new Color(ColourMap.VIRIDIS.colour(p)));
    g.fillRect(x, y, CELL_W - 2, CELL_H - 2);
    g.setColor(p > 0.55 ? Color.BLACK : Color.WHITE);
    g.setFont(PLAIN);
    int n = cell.accuracy().n();
    middle(g, Math.round(p * n) + " of " + n, x + CELL_W / 2 - 1, y + 17);
    g.setFont(SMALL);
    String interval =
        String.format(
            Locale.ROOT,
            "%.0f to %.0f %%",
            100 * cell.accuracy().low(),
            100 * cell.accuracy().high());
    middle(g, interval, x + CELL_W / 2 - 1, y + 31);
  }

  private static void bar(Graphics2D g, int x, int y, int height) {
    for (int i = 0; i < height; i++) {
      g.setColor(new Color(ColourMap.VIRIDIS.colour(1 - (double) i / (height - 1))));
      g.fillRect(x, y + i, 14, 1);
    }
    g.setColor(Color.DARK_GRAY);
    g.setFont(PLAIN);
    g.drawString("1", x + 20, y + 10);
    g.drawString("0", x + 20, y + height);
    if (height < 2 * CELL_H) {
      return;
    }
    Graphics2D turned = (Graphics2D) g.create();
    turned.translate(x + 46, y + height / 2);
    turned.rotate(-Math.PI / 2);
    middle(turned, "answers right", 0, 0);
    turned.dispose();
  }

  private static void middle(Graphics2D g, String text, int x, int y) {
    g.drawString(text, x - g.getFontMetrics().stringWidth(text) / 2, y);
  }

  private static void right(Graphics2D g, String text, int x, int y) {
    g.drawString(text, x - g.getFontMetrics().stringWidth(text), y);
  }
}
