package org.emslens.app.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import javafx.scene.paint.Color;
import org.emslens.app.controls.Surface;

/** What marks mean, side by side, as far as there is room for it. */
final class Legend {
  /** Width of a mark. */
  static final double MARK = 11;

  private final List<Mark> marks = new ArrayList<>();

  /**
   * @param draws its mark from there on, or null where its name says it all
   */
  private record Mark(String name, Color ink, DoubleConsumer draws) {
    double indent() {
      return draws == null ? 0 : MARK + 4;
    }

    double width() {
      return indent() + TokenLayout.measure(name, Surface.SMALL);
    }
  }

  /** Writes a mark's name. */
  @FunctionalInterface
  interface Writer {
    void write(String name, Color ink, double x);
  }

  /**
   * @param draws its mark from there on, or null where its name says it all
   */
  void add(String name, Color ink, DoubleConsumer draws) {
    marks.add(new Mark(name, ink, draws));
  }

  void paint(double from, double to, Writer writer) {
    double needed = marks.stream().mapToDouble(Mark::width).sum();
    double gap = Math.clamp((to - from - needed) / marks.size(), 6, 14);
    double x = from;
    for (Mark m : marks) {
      if (x + m.width() > to) {
        return;
      }
      if (m.draws() != null) {
        m.draws().accept(x);
      }
      writer.write(m.name(), m.ink(), x + m.indent());
      x += m.width() + gap;
    }
  }
}
