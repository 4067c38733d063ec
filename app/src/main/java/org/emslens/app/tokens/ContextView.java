package org.emslens.app.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Surface;
import org.emslens.app.main.Lens;
import org.emslens.app.main.View;
import org.emslens.cache.TokenState;
import org.emslens.session.Step;
import org.emslens.text.Token;

/**
 * Prompt and generated text as one flow, each token in the state it has in the shown head: kept
 * (solid line), merged (dashed line), evicted (grey, struck). Hovering tells where a token went.
 */
public final class ContextView extends Surface {
  private static final double LINE = 21;
  private static final double PAD = 8;
  private static final double FOOT = 24;

  private final Lens lens;
  private TokenLayout layout;
  private List<Token> laid = List.of();
  private double laidWidth;
  private double scroll;
  private Fate fate;

  public ContextView(Lens lens) {
    this.lens = lens;
    setId("context");
    lens.viewProperty().addListener((o, before, now) -> changed(before, now));
    lens.selection().tokenProperty().addListener((o, before, now) -> repaint());
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(MouseEvent.MOUSE_EXITED, e -> lens.selection().tokenProperty().set(-1));
    addEventHandler(ScrollEvent.SCROLL, this::scroll);
  }

  private void changed(View before, View now) {
    fate = null;
    boolean longer = before == null || now == null || before.stepIndex() != now.stepIndex();
    if (longer && now != null) {
      layout = null;
      scroll = Double.MAX_VALUE;
    }
    repaint();
  }

  @Override
  protected void resized() {
    layout = null;
  }

  private static List<Token> tokens(View v) {
    List<Token> all = new ArrayList<>(v.run().prompt());
    for (Step s : v.run().steps().subList(1, v.stepIndex() + 1)) {
      all.add(s.token());
    }
    return all;
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "The prompt and what the model writes appear here.", w, h);
      return;
    }
    if (layout == null || laidWidth != w) {
      laid = tokens(v);
      layout = new TokenLayout(laid, w - 2 * PAD - 10, MONO);
      laidWidth = w;
    }
    if (fate == null) {
      fate = Fate.of(v);
    }
    double body = h - FOOT;
    double content = layout.lines * LINE + PAD;
    scroll = Math.clamp(scroll, 0, Math.max(0, content - body));
    g.save();
    g.beginPath();
    g.rect(0, 0, w, body);
    g.clip();
    int hovered = lens.selection().tokenProperty().get();
    for (int i = 0; i < laid.size(); i++) {
      double y = PAD / 2 + layout.line[i] * LINE - scroll;
      if (y > -LINE && y < body) {
        token(g, v, i, PAD + layout.x[i], y, hovered);
      }
    }
    g.restore();
    scrollBar(g, w, body, content);
    foot(g, hovered, w, h);
  }

  private void token(GraphicsContext g, View v, int i, double x, double y, int hovered) {
    Palette c = colours();
    double width = layout.width[i];
    TokenState state = fate.state(i);
    boolean newest = i == v.step().seen() - 1 && v.stepIndex() > 0;
    if (hovered >= 0
        && hovered < fate.hosts().length
        && (i == hovered || fate.together(i, hovered))) {
      g.setFill((state == TokenState.MERGED ? c.merged() : c.kept()).deriveColor(0, 1, 1, 0.3));
      g.fillRect(x, y + 1, width, LINE - 3);
    } else if (newest) {
      g.setFill(c.accent().deriveColor(0, 1, 1, 0.25));
      g.fillRect(x, y + 1, width, LINE - 3);
    } else if (state == TokenState.MERGED) {
      g.setFill(c.merged().deriveColor(0, 1, 1, 0.14));
      g.fillRect(x, y + 1, width, LINE - 3);
    }
    if (i >= fate.window() && v.lastCompression() != null) {
      g.setStroke(c.line());
      g.setLineWidth(1);
      g.strokeRect(Math.floor(x) + 0.5, y + 1.5, width, LINE - 4);
    }
    boolean evicted = state == TokenState.EVICTED;
    Color ink = evicted ? c.evicted() : c.text();
    text(g, layout.text[i], x, y + LINE / 2 - 1, MONO, ink, TextAlignment.LEFT);
    if (evicted) {
      g.setStroke(c.evicted());
      g.setLineWidth(1);
      g.strokeLine(x, y + LINE / 2, x + width, y + LINE / 2);
    } else {
      g.setStroke(state == TokenState.KEPT ? c.kept() : c.merged());
      g.setLineWidth(2);
      if (state == TokenState.MERGED) {
        g.setLineDashes(3, 2);
      }
      g.strokeLine(x + 1, y + LINE - 3, x + width - 1, y + LINE - 3);
      g.setLineDashes();
    }
  }

  private void scrollBar(GraphicsContext g, double w, double body, double content) {
    if (content > body) {
      double size = Math.max(24, body * body / content);
      double y = scroll / (content - body) * (body - size);
      g.setFill(colours().line());
      g.fillRoundRect(w - 8, y, 5, size, 5, 5);
    }
  }

  /** The legend, or what became of the token under the mouse. */
  private void foot(GraphicsContext g, int hovered, double w, double h) {
    Palette c = colours();
    double y = h - FOOT / 2;
    g.setStroke(c.line());
    g.setLineWidth(1);
    g.strokeLine(0, h - FOOT + 0.5, w, h - FOOT + 0.5);
    if (hovered >= 0 && hovered < fate.hosts().length) {
      text(g, fate.tell(hovered), PAD, y, MONO_SMALL, c.text(), TextAlignment.LEFT);
      return;
    }
    double x = PAD;
    for (TokenState s : TokenState.values()) {
      g.setStroke(
          s == TokenState.KEPT ? c.kept() : s == TokenState.MERGED ? c.merged() : c.evicted());
      g.setLineWidth(2);
      if (s == TokenState.MERGED) {
        g.setLineDashes(3, 2);
      }
      double mark = s == TokenState.EVICTED ? y : y + 5;
      g.strokeLine(x, mark, x + 16, mark);
      g.setLineDashes();
      String name = s.name().toLowerCase(Locale.ROOT);
      text(g, name, x + 21, y, SMALL, c.muted(), TextAlignment.LEFT);
      x += 86;
    }
    g.setStroke(c.line());
    g.strokeRect(x + 0.5, y - 6, 15, 11);
    text(g, "window", x + 21, y, SMALL, c.muted(), TextAlignment.LEFT);
  }

  private void hover(MouseEvent e) {
    if (layout != null) {
      int row = (int) Math.floor((e.getY() + scroll - PAD / 2) / LINE);
      lens.selection()
          .tokenProperty()
          .set(e.getY() < getHeight() - FOOT ? layout.at(e.getX() - PAD, row) : -1);
    }
  }

  private void scroll(ScrollEvent e) {
    scroll -= e.getDeltaY();
    repaint();
    e.consume();
  }
}
