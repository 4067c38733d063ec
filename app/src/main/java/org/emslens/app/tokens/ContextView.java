package org.emslens.app.tokens;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.paint.Color;
import javafx.scene.text.TextAlignment;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Selection;
import org.emslens.app.lens.TokenKeys;
import org.emslens.app.lens.View;
import org.emslens.cache.TokenState;
import org.emslens.session.Step;
import org.emslens.text.Thinking;
import org.emslens.text.Token;

/**
 * Prompt and generated text as one flow, each token in the state it has in the shown head: kept
 * (solid line), merged (dashed line), evicted (grey, struck). Hovering tells where a token went, a
 * click pins it.
 */
public final class ContextView extends Surface {
  private static final double LINE = 21;
  private static final double PAD = 8;
  private static final double FOOT = 24;

  private final Lens lens;
  private final Selection selection;
  private final Search search;
  private TokenLayout layout;
  private List<Token> laid = List.of();
  private BitSet thinking = new BitSet();

  /** Tokens after which the cache was compressed. */
  private final BitSet compressed = new BitSet();

  private double laidWidth;
  private double scroll;
  private Fate fate;
  private boolean hovering;

  /** Whether what was found or pinned could be seen when this was drawn last. */
  private boolean lookedAtInSight;

  /** A token about where the eye rests, which stays there when the width changes. */
  private int anchor = Integer.MAX_VALUE;

  /** Whether the newest token is in sight, so that the next one is to be as well. */
  private boolean atEnd = true;

  public ContextView(Lens lens, Search search) {
    this.lens = lens;
    this.selection = lens.selection();
    this.search = search;
    setId("context");
    setAccessibleText("The prompt and what was generated, each token in its state");
    lens.viewProperty().addListener((o, before, now) -> changed(before, now));
    selection.tokenProperty().addListener((o, before, now) -> follow(now.intValue()));
    selection.pinnedProperty().addListener((o, before, now) -> repaint());
    search.foundProperty().addListener((o, before, now) -> repaint());
    search.atProperty().addListener((o, before, now) -> reveal(search.token()));
    addEventHandler(MouseEvent.MOUSE_MOVED, this::hover);
    addEventHandler(
        MouseEvent.MOUSE_EXITED,
        e -> {
          hovering = false;
          selection.tokenProperty().set(-1);
        });
    addEventHandler(MouseEvent.MOUSE_CLICKED, e -> selection.togglePinned(at(e)));
    addEventHandler(ScrollEvent.SCROLL, this::scroll);
  }

  private void changed(View before, View now) {
    fate = null;
    compressed.clear();
    if (now == null) {
      laid = List.of();
      layout = null;
    } else {
      List<Token> tokens = tokens(now);
      for (Step s : now.run().steps().subList(0, now.stepIndex() + 1)) {
        if (s.plan() != null) {
          compressed.set(s.seen() - 1);
        }
      }
      if (!tokens.equals(laid)) {
        boolean goesOn = before != null && before.run().prompt().equals(now.run().prompt());
        laid = tokens;
        thinking = Thinking.in(tokens);
        layout = null;
        if (!goesOn || atEnd) {
          scroll = Double.MAX_VALUE;
        }
        search.setTokens(laid);
        if (!goesOn) {
          reveal(search.token());
          selection.pinnedProperty().set(-1);
        }
      }
    }
    repaint();
  }

  /** What was found or pinned, and in sight, stays in sight. */
  @Override
  protected void resized() {
    layout = null;
    if (atEnd) {
      scroll = Double.MAX_VALUE;
    }
    if (lookedAtInSight) {
      reveal(lookedAt());
    }
  }

  private int lookedAt() {
    return search.token() >= 0 ? search.token() : selection.pinnedProperty().get();
  }

  private boolean isInSight(int token) {
    if (token < 0 || token >= laid.size()) {
      return false;
    }
    double y = layout.line[token] * LINE;
    return y >= scroll && y + LINE <= scroll + height() - FOOT;
  }

  private static List<Token> tokens(View v) {
    List<Token> all = new ArrayList<>(v.run().prompt());
    for (Step s : v.run().steps().subList(1, v.stepIndex() + 1)) {
      all.add(s.token());
    }
    return all;
  }

  private void lay(double w) {
    if (layout == null || laidWidth != w) {
      layout = new TokenLayout(laid, w - 2 * PAD - 10, MONO);
      if (laidWidth != w && anchor < laid.size() && !atEnd) {
        scroll = layout.line[anchor] * LINE - (height() - FOOT) / 3;
      }
      laidWidth = w;
    }
  }

  /** A token that is pointed at elsewhere comes into sight here. */
  private void follow(int token) {
    if (!hovering) {
      reveal(token);
    }
    repaint();
  }

  private void reveal(int token) {
    if (token >= 0 && token < laid.size() && width() > 1) {
      lay(width());
      scroll = Math.clamp(scroll, 0, most(height()));
      if (!isInSight(token)) {
        scroll = layout.line[token] * LINE - (height() - FOOT) / 3;
      }
      // Something else may change the height before this is drawn.
      atEnd = scroll > most(height()) - LINE;
      lookedAtInSight = isInSight(lookedAt());
    }
    repaint();
  }

  /** How far it can be scrolled. */
  private double most(double h) {
    return Math.max(0, layout.lines * LINE + PAD - (h - FOOT));
  }

  @Override
  protected void paint(GraphicsContext g, double w, double h) {
    View v = lens.viewProperty().get();
    if (v == null) {
      hint(g, "The prompt and what the model writes appear here.", w, h);
      return;
    }
    lay(w);
    if (fate == null) {
      fate = Fate.of(v);
    }
    double body = h - FOOT;
    double content = layout.lines * LINE + PAD;
    double most = most(h);
    scroll = Math.clamp(scroll, 0, most);
    atEnd = scroll > most - LINE;
    lookedAtInSight = isInSight(lookedAt());
    g.save();
    g.beginPath();
    g.rect(0, 0, w, Math.max(0, body));
    g.clip();
    int hovered = selection.tokenProperty().get();
    anchor = Integer.MAX_VALUE;
    for (int i = 0; i < laid.size(); i++) {
      double y = PAD / 2 + layout.line[i] * LINE - scroll;
      if (y > -LINE && y < body) {
        anchor = Math.min(anchor, y > body / 3 || i == search.token() ? i : anchor);
        token(g, v, i, PAD + layout.x[i], y, hovered);
      }
    }
    for (int i = compressed.nextSetBit(0); i >= 0; i = compressed.nextSetBit(i + 1)) {
      double y = PAD / 2 + layout.line[i] * LINE - scroll;
      if (y > -LINE && y < body) {
        compression(g, PAD + layout.x[i] + layout.width[i], y);
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
    if (thinking.get(i)) {
      g.setFill(thought());
      g.fillRect(x, y, width, LINE);
    }
    Color ground = null;
    if (i == selection.pinnedProperty().get()) {
      ground = c.pinned().deriveColor(0, 1, 1, 0.45);
    } else if (hovered >= 0
        && hovered < fate.hosts().length
        && (i == hovered || fate.together(i, hovered))) {
      ground = (state == TokenState.MERGED ? c.merged() : c.kept()).deriveColor(0, 1, 1, 0.3);
    } else if (search.holds(i)) {
      ground = c.found();
    } else if (newest) {
      ground = c.accent().deriveColor(0, 1, 1, 0.25);
    } else if (state == TokenState.MERGED) {
      ground = c.merged().deriveColor(0, 1, 1, 0.14);
    }
    if (ground != null) {
      g.setFill(ground);
      g.fillRect(x, y + 1, width, LINE - 3);
    }
    if (fate.inWindow(i)) {
      g.setStroke(c.line());
      g.setLineWidth(1);
      g.strokeRect(Math.floor(x) + 0.5, y + 1.5, width, LINE - 4);
    }
    boolean evicted = state == TokenState.EVICTED;
    Color ink =
        switch (state) {
          case EVICTED -> c.evicted();
          case OUT_OF_REACH -> c.evicted().deriveColor(0, 1, 1, 0.55);
          default -> c.text();
        };
    text(g, layout.text[i], x, y + LINE / 2 - 1, MONO, ink, TextAlignment.LEFT);
    if (state == TokenState.OUT_OF_REACH) {
      return;
    }
    if (evicted) {
      g.setStroke(c.evicted());
      g.setLineWidth(1);
      g.strokeLine(x, y + LINE / 2, x + width, y + LINE / 2);
    } else {
      g.setStroke(state == TokenState.KEPT ? c.kept() : c.merged());
      g.setLineWidth(2);
      if (state == TokenState.MERGED) {
        g.setLineDashes(2, 5);
      }
      g.strokeLine(x + 1, y + LINE - 3, x + width - 1, y + LINE - 3);
      g.setLineDashes();
    }
  }

  private void scrollBar(GraphicsContext g, double w, double body, double content) {
    if (content > body && body > 0) {
      double tall = Math.max(16, body * body / content);
      g.setFill(colours().line());
      g.fillRoundRect(w - 7, (body - tall) * scroll / (content - body), 5, tall, 5, 5);
    }
  }

  private void foot(GraphicsContext g, int hovered, double w, double h) {
    Palette c = colours();
    double y = h - FOOT / 2;
    g.setFill(c.surface());
    g.fillRect(0, h - FOOT, w, FOOT);
    g.setStroke(c.line());
    g.setLineWidth(1);
    g.strokeLine(0, h - FOOT + 0.5, w, h - FOOT + 0.5);
    if (hovered >= 0 && hovered < fate.hosts().length) {
      text(
          g,
          fate.tell(hovered, thinking.get(hovered), letters(w - 2 * PAD)),
          PAD,
          y,
          MONO_SMALL,
          c.text(),
          TextAlignment.LEFT);
      return;
    }
    legend(g, w, y);
  }

  private void legend(GraphicsContext g, double w, double y) {
    Palette c = colours();
    Color faint = c.evicted().deriveColor(0, 1, 1, 0.55);
    Legend marks = new Legend();
    marks.add("kept", c.muted(), x -> line(g, c.kept(), x, y + 5));
    marks.add(
        "merged",
        c.muted(),
        x -> {
          g.setLineDashes(2, 5);
          line(g, c.merged(), x, y + 5);
          g.setLineDashes();
        });
    marks.add("evicted", c.muted(), x -> line(g, c.evicted(), x, y));
    if (lens.viewProperty().get().window() > 0) {
      marks.add("out of reach", faint, null);
    }
    if (!thinking.isEmpty()) {
      marks.add(
          "thinking",
          c.muted(),
          x -> {
            g.setFill(thought());
            g.fillRect(x, y - 7, Legend.MARK, 14);
          });
    }
    marks.add(
        "window",
        c.muted(),
        x -> {
          g.setStroke(c.line());
          g.setLineWidth(1);
          g.strokeRect(x + 0.5, y - 6, Legend.MARK - 1, 11);
        });
    if (!compressed.isEmpty()) {
      marks.add("compressed", c.muted(), x -> compression(g, x + Legend.MARK / 2, y - 3));
    }
    marks.paint(
        PAD, w - PAD, (name, ink, x) -> text(g, name, x, y, SMALL, ink, TextAlignment.LEFT));
  }

  /** Where the cache was compressed, as on the film strip. */
  private void compression(GraphicsContext g, double x, double y) {
    g.setFill(colours().merged());
    g.fillPolygon(new double[] {x - 4, x + 4, x}, new double[] {y, y, y + 6}, 3);
  }

  /** The ground under what a model thinks. */
  private Color thought() {
    return colours().muted().deriveColor(0, 1, 1, 0.16);
  }

  private static void line(GraphicsContext g, Color ink, double x, double y) {
    g.setStroke(ink);
    g.setLineWidth(2);
    g.strokeLine(x, y, x + Legend.MARK, y);
  }

  private int at(MouseEvent e) {
    if (layout == null || y(e) >= height() - FOOT) {
      return -1;
    }
    return layout.at(x(e) - PAD, (int) Math.floor((y(e) + scroll - PAD / 2) / LINE));
  }

  private void hover(MouseEvent e) {
    hovering = true;
    selection.tokenProperty().set(at(e));
  }

  private void scroll(ScrollEvent e) {
    scroll -= e.getDeltaY() / scale();
    repaint();
    e.consume();
  }

  @Override
  protected boolean key(KeyEvent e) {
    int n = laid.size();
    if (n == 0 || e.isShortcutDown() || e.isAltDown()) {
      return false;
    }
    int token = selection.tokenProperty().get();
    int from = token < 0 ? n - 1 : Math.min(token, n - 1);
    switch (e.getCode()) {
      case UP -> selection.tokenProperty().set(beside(from, -1));
      case DOWN -> selection.tokenProperty().set(beside(from, 1));
      case PAGE_UP -> scroll -= height() - FOOT;
      case PAGE_DOWN -> scroll += height() - FOOT;
      default -> {
        return TokenKeys.move(e, selection, n);
      }
    }
    repaint();
    return true;
  }

  /** The token a line above or below. */
  private int beside(int token, int lines) {
    lay(width());
    for (int away = 0; away < 200; away++) {
      int at = layout.at(layout.x[token] - away, layout.line[token] + lines);
      if (at >= 0) {
        return at;
      }
    }
    return token;
  }

  /** The text that is shown, from its first token on; what is out of sight included. */
  public String shownText() {
    return laid.stream().map(Token::text).collect(Collectors.joining());
  }

  /** How many source tokens the shown head has in a state. */
  public int count(TokenState state) {
    return fate == null ? 0 : fate.count(state);
  }
}
