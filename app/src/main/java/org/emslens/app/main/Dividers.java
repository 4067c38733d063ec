package org.emslens.app.main;

import java.util.ArrayList;
import java.util.List;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.SplitPane;
import javafx.scene.input.MouseEvent;
import org.emslens.app.settings.Appearance;

/**
 * Where panes are divided: where the user dragged a divider to, else as designed. What pushes
 * dividers for a while, such as large text or a bar, is not kept once it has gone.
 */
final class Dividers {
  private final Appearance appearance;
  private final List<Placed> panes = new ArrayList<>();

  private record Placed(SplitPane pane, double[] designed) {}

  Dividers(Appearance appearance) {
    this.appearance = appearance;
    appearance.textProperty().addListener((o, before, now) -> place());
  }

  /** Looks after a pane, by its id. */
  void add(SplitPane pane, double... designed) {
    Placed p = new Placed(pane, designed);
    panes.add(p);
    place(p);
    pane.widthProperty().addListener((o, before, now) -> soon(p));
    pane.heightProperty().addListener((o, before, now) -> soon(p));
    pane.addEventFilter(
        MouseEvent.MOUSE_RELEASED,
        e -> {
          if (!e.isStillSincePress() && isDivider(e.getTarget(), pane)) {
            appearance.dividers().put(pane.getId(), pane.getDividerPositions());
          }
        });
  }

  private static boolean isDivider(Object target, SplitPane pane) {
    for (Node n = target instanceof Node t ? t : null; n != null && n != pane; n = n.getParent()) {
      if (n.getStyleClass().contains("split-pane-divider")) {
        return n.getParent() == pane;
      }
    }
    return false;
  }

  /** Puts all dividers where they belong, once what was changed is laid out. */
  void place() {
    panes.forEach(this::soon);
  }

  /** Puts all dividers back where they were designed to be. */
  void reset() {
    appearance.dividers().clear();
    panes.forEach(this::place);
  }

  private void soon(Placed p) {
    Platform.runLater(() -> place(p));
  }

  private void place(Placed p) {
    p.pane.setDividerPositions(appearance.dividers().getOrDefault(p.pane.getId(), p.designed));
  }
}
