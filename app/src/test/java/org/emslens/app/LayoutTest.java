package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.geometry.BoundingBox;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBoxBase;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.Slider;
import javafx.scene.control.TableColumnBase;
import javafx.scene.control.TableView;
import javafx.scene.control.TextInputControl;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import org.emslens.app.controls.Surface;
import org.emslens.app.main.Page;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/**
 * No label is clipped and no two things overlap, on any page, at any size, computed from bounds.
 */
class LayoutTest extends HeadlessWindow {
  private static final int[][] SIZES = {{1024, 640}, {1280, 800}, {2560, 1440}};
  private static final double[] TEXTS = {1, 1.6};

  private Stage stage;

  @AfterAll
  static void checkAgain() {
    WaitForAsyncUtils.sleep(300, TimeUnit.MILLISECONDS);
    WaitForAsyncUtils.clearExceptions();
    WaitForAsyncUtils.autoCheckException = true;
  }

  @Start
  void start(Stage stage) {
    this.stage = stage;
    show(stage);
  }

  @Test
  void nothingIsClippedAndNothingOverlaps(FxRobot robot) {
    // JavaFX's headless screen is 1000 pixels high, and faults by itself at taller windows.
    WaitForAsyncUtils.autoCheckException = false;
    run(robot);
    robot.interact(() -> lens.generation().step(3));
    until(() -> shown().stepIndex() == 3 && idle());
    List<String> faults = new ArrayList<>();
    for (int[] size : SIZES) {
      for (double text : TEXTS) {
        robot.interact(
            () -> {
              stage.setWidth(size[0]);
              stage.setHeight(size[1]);
              appearance.textProperty().set(text);
            });
        for (Page page : Page.values()) {
          robot.interact(() -> view.pageProperty().set(page));
          WaitForAsyncUtils.waitForFxEvents();
          until(() -> view.isCurrent());
          String where = page + " at " + size[0] + "x" + size[1] + ", text " + text + ": ";
          robot.interact(() -> check(where, faults));
          if (page == Page.MODELS) {
            robot.interact(() -> columns(where, faults));
          }
        }
      }
    }
    robot.interact(() -> stage.setHeight(800));
    assertEquals(List.of(), faults);
  }

  /** A table's columns have room beside each other, whatever the size of text was before. */
  private void columns(String where, List<String> faults) {
    TableView<?> table = (TableView<?>) view.lookup("#library-table");
    double wide =
        table.getVisibleLeafColumns().stream().mapToDouble(TableColumnBase::getWidth).sum();
    if (wide > table.getWidth() + 1) {
      faults.add(where + "columns of " + wide + " in a table of " + table.getWidth());
    }
  }

  private void check(String where, List<String> faults) {
    view.layout();
    List<Node> things = new ArrayList<>();
    collect(view, things);
    for (Node n : things) {
      if (n instanceof Labeled l && isClipped(l)) {
        faults.add(where + "clipped: '" + l.getText() + "' " + l.getWidth());
      }
      if (n instanceof Surface s) {
        texts(where, s, faults);
      }
    }
    for (int i = 0; i < things.size(); i++) {
      for (int j = i + 1; j < things.size(); j++) {
        Bounds a = visible(things.get(i));
        Bounds b = visible(things.get(j));
        if (a != null && b != null && overlap(a, b) > 1.5) {
          faults.add(where + "overlap: " + name(things.get(i)) + " and " + name(things.get(j)));
        }
      }
    }
  }

  /** What a user reads or touches; the parts of a control are its own affair. */
  private static void collect(Node n, List<Node> into) {
    if (!n.isVisible()) {
      return;
    }
    boolean whole =
        n instanceof ButtonBase
            || n instanceof ComboBoxBase<?>
            || n instanceof TextInputControl
            || n instanceof Slider
            || n instanceof Label
            || n instanceof Surface;
    if (whole) {
      into.add(n);
    } else if (n instanceof Parent p) {
      p.getChildrenUnmodifiable().forEach(c -> collect(c, into));
    }
  }

  private static boolean isClipped(Labeled l) {
    if (l.getText() == null || l.getText().isEmpty() || l.isWrapText() || l.getWidth() < 1) {
      return false;
    }
    for (Node n : l.lookupAll(".text")) {
      if (n instanceof Text t && t.getParent() == l && !t.getText().equals(l.getText())) {
        return !"status".equals(l.getId());
      }
    }
    return false;
  }

  /** What is to be seen of a thing in the window, or null where it is scrolled out of sight. */
  private Bounds visible(Node n) {
    Bounds b = n.localToScene(n.getLayoutBounds());
    for (Node p = n.getParent(); p != null; p = p.getParent()) {
      if (p.getClip() != null || p.getStyleClass().contains("viewport")) {
        b = cut(b, p.localToScene(p.getLayoutBounds()));
      }
    }
    return cut(b, view.localToScene(view.getLayoutBounds()));
  }

  private static Bounds cut(Bounds a, Bounds b) {
    if (a == null || !a.intersects(b)) {
      return null;
    }
    double x = Math.max(a.getMinX(), b.getMinX());
    double y = Math.max(a.getMinY(), b.getMinY());
    return new BoundingBox(
        x, y, Math.min(a.getMaxX(), b.getMaxX()) - x, Math.min(a.getMaxY(), b.getMaxY()) - y);
  }

  private static double overlap(Bounds a, Bounds b) {
    double w = Math.min(a.getMaxX(), b.getMaxX()) - Math.max(a.getMinX(), b.getMinX());
    double h = Math.min(a.getMaxY(), b.getMaxY()) - Math.max(a.getMinY(), b.getMinY());
    return Math.min(w, h);
  }

  /** Texts that are drawn lie within their picture and not on each other. */
  private static void texts(String where, Surface s, List<String> faults) {
    if ("context".equals(s.getId()) || s.getWidth() < 60 || s.getHeight() < 40) {
      return;
    }
    List<Bounds> bounds = s.textBounds();
    for (int i = 0; i < bounds.size(); i++) {
      Bounds a = bounds.get(i);
      String text = s.texts().get(i);
      if (a.getMinX() < -1.5
          || a.getMinY() < -2.5
          || a.getMaxX() > s.getWidth() + 1.5
          || a.getMaxY() > s.getHeight() + 2.5) {
        faults.add(where + "#" + s.getId() + " cuts '" + text + "'");
      }
      for (int j = i + 1; j < bounds.size(); j++) {
        if (overlap(a, bounds.get(j)) > 2.5) {
          faults.add(
              where + "#" + s.getId() + " draws '" + text + "' on '" + s.texts().get(j) + "'");
        }
      }
    }
  }

  private static String name(Node n) {
    String what = n instanceof Labeled l ? " '" + l.getText() + "'" : "";
    return n.getClass().getSimpleName() + (n.getId() == null ? "" : " #" + n.getId()) + what;
  }
}
