package org.emslens.app.next;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.session.Distribution;
import org.emslens.session.Distribution.Candidate;
import org.emslens.session.Step;
import org.emslens.text.Tokenizer;

/**
 * The ten most probable next tokens with the compressed cache, beside what sampling makes of them
 * and beside the full cache's; the one that came next is marked. A click goes on with that token.
 */
public final class NextTokenView extends Surface {
  private static final double TOP = 20;

  private final Lens lens;
  private int hovered = -1;

  public NextTokenView(Lens lens) {
    this.lens = lens;
    setId("next");
    setAccessibleText("Most probable next tokens; Enter goes on with one");
    lens.viewProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(
        MouseEvent.MOUSE_EXITED,
        e -> {
          hovered = -1;
          repaint();
        });
    addEventHandler(MouseEvent.MOUSE_CLICKED, e -> branch(rowAt(e)));
    lens.canBranchBinding().addListener((o, before, now) -> repaint());
  }

  private double row() {
    return Math.clamp((height() - TOP - 4) / 10, 13, 26);
  }

  /** Where a row begins, in pixels. */
  public double rowAt(int i) {
    return (TOP + i * row()) * scale();
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "What may come next, and how sure the model is.", w, h);
      return;
    }
    double wide = w / columns(v.step());
    column(g, "compressed", v.step().next().top(), 8, wide - 14, h, canGoOn());
    double x = wide + 6;
    for (Map.Entry<String, Distribution> beside : beside(v.step()).entrySet()) {
      column(g, beside.getKey(), beside.getValue().top(), x, wide - 14, h, false);
      x += wide;
    }
  }

  /** What is shown beside the compressed cache's distribution. */
  private static Map<String, Distribution> beside(Step s) {
    Map<String, Distribution> beside = new LinkedHashMap<>();
    if (s.drawn() != null) {
      beside.put("drawn from", s.drawn());
    }
    if (s.fullNext() != null) {
      beside.put("full cache", s.fullNext());
    }
    return beside;
  }

  private static int columns(Step s) {
    return 1 + beside(s).size();
  }

  private void column(
      GraphicsContext g,
      String title,
      List<Candidate> top,
      double x,
      double w,
      double h,
      boolean clickable) {
    text(g, title, x, 9, SMALL, colours().muted(), TextAlignment.LEFT);
    if (w > 150) {
      text(g, "probability", x + w, 9, SMALL, colours().muted(), TextAlignment.RIGHT);
    }
    double row = row();
    for (int i = 0; i < top.size() && TOP + (i + 1) * row <= h; i++) {
      Candidate c = top.get(i);
      double y = TOP + i * row;
      if (clickable && i == hovered) {
        g.setFill(colours().faint());
        g.fillRect(x - 4, y, w + 8, row);
      }
      g.setFill((clickable ? colours().kept() : colours().muted()).deriveColor(0, 1, 1, 0.35));
      g.fillRect(x, y + 2, Math.max(1, w * c.probability()), row - 4);
      int fits = (int) Math.max(4, (w - 48) / 7.4);
      String name = Tokenizer.shown(c.text());
      name = name.length() > fits ? name.substring(0, fits - 1) + "…" : name;
      if (c.id() == came()) {
        g.setFill(colours().accent());
        g.fillRect(x - 5, y + 2, 3, row - 4);
      }
      text(g, name, x + 4, y + row / 2, MONO, colours().text(), TextAlignment.LEFT);
      text(
          g,
          Format.probability(c.probability()),
          x + w - 2,
          y + row / 2,
          SMALL,
          colours().muted(),
          TextAlignment.RIGHT);
    }
  }

  /** The token that came after the shown step, or -1. */
  private int came() {
    View v = lens.viewProperty().get();
    List<Step> steps = v.run().steps();
    return v.stepIndex() + 1 < steps.size() ? steps.get(v.stepIndex() + 1).token().id() : -1;
  }

  private int rowAt(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (v == null || !canGoOn()) {
      return -1;
    }
    double w = width() / columns(v.step());
    int i = (int) Math.floor((y(e) - TOP) / row());
    return x(e) < w && i >= 0 && i < v.step().next().top().size() ? i : -1;
  }

  private void hover(MouseEvent e) {
    hovered = rowAt(e);
    setCursor(hovered >= 0 ? Cursor.HAND : Cursor.DEFAULT);
    repaint();
  }

  /** Also after an answer that has ended: it may go on otherwise from an earlier step. */
  private boolean canGoOn() {
    View v = lens.viewProperty().get();
    return v != null && lens.canBranchBinding().get();
  }

  @Override
  protected boolean key(KeyEvent e) {
    View v = lens.viewProperty().get();
    if (!canGoOn()) {
      return false;
    }
    int n = v.step().next().top().size();
    switch (e.getCode()) {
      case UP -> hovered = hovered < 0 ? n - 1 : Math.max(0, hovered - 1);
      case DOWN -> hovered = Math.min(n - 1, hovered + 1);
      case ENTER, SPACE -> branch(hovered);
      default -> {
        return false;
      }
    }
    repaint();
    return true;
  }

  private void branch(int i) {
    if (i >= 0) {
      View v = lens.viewProperty().get();
      lens.generation().branch(v.stepIndex(), v.step().next().top().get(i).id());
    }
  }
}
