package org.emslens.app.next;

import java.util.List;
import javafx.scene.Cursor;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Surface;
import org.emslens.app.main.Lens;
import org.emslens.app.main.View;
import org.emslens.session.Distribution.Candidate;
import org.emslens.session.Step;
import org.emslens.text.Tokenizer;

/**
 * The ten most probable next tokens with the compressed cache, beside the full cache's. A click
 * goes on with that token.
 */
public final class NextTokenView extends Surface {
  private static final double TOP = 20;

  private final Lens lens;
  private int hovered = -1;

  public NextTokenView(Lens lens) {
    this.lens = lens;
    setId("next");
    lens.viewProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(
        MouseEvent.MOUSE_EXITED,
        e -> {
          hovered = -1;
          repaint();
        });
    addEventHandler(MouseEvent.MOUSE_CLICKED, this::branch);
  }

  private double row() {
    return Math.min(20, (getHeight() - TOP - 4) / 10);
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "What may come next, and how sure the model is.", w, h);
      return;
    }
    Step s = v.step();
    double half = s.fullNext() == null ? w : w / 2;
    column(g, "compressed", s.next().top(), 8, half - 14, v.run().canDecode());
    if (s.fullNext() != null) {
      column(g, "full cache", s.fullNext().top(), half + 6, half - 14, false);
    }
  }

  private void column(
      GraphicsContext g, String title, List<Candidate> top, double x, double w, boolean clickable) {
    text(g, title, x, 9, SMALL, colours().muted(), TextAlignment.LEFT);
    text(g, "probability", x + w, 9, SMALL, colours().muted(), TextAlignment.RIGHT);
    double row = row();
    for (int i = 0; i < top.size(); i++) {
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

  private int rowAt(MouseEvent e) {
    View v = lens.viewProperty().get();
    if (v == null || !v.run().canDecode()) {
      return -1;
    }
    double w = v.step().fullNext() == null ? getWidth() : getWidth() / 2;
    int i = (int) Math.floor((e.getY() - TOP) / row());
    return e.getX() < w && i >= 0 && i < v.step().next().top().size() ? i : -1;
  }

  private void hover(MouseEvent e) {
    hovered = rowAt(e);
    setCursor(hovered >= 0 ? Cursor.HAND : Cursor.DEFAULT);
    repaint();
  }

  private void branch(MouseEvent e) {
    int i = rowAt(e);
    if (i >= 0) {
      View v = lens.viewProperty().get();
      lens.branch(v.stepIndex(), v.step().next().top().get(i).id());
    }
  }
}
