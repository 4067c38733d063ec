package org.emslens.app.controls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javafx.scene.Scene;
import javafx.scene.layout.VBox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

class TailTest {

  @BeforeAll
  static void toolkit() throws Exception {
    FxToolkit.registerPrimaryStage();
  }

  /** The end is shown, within the height that there is, at each width. */
  @Test
  void theEndIsShown() {
    String all = "One boat came home. ".repeat(40) + "Then the bell rings";
    for (double width : new double[] {80, 150, 400, 2000}) {
      Tail tail = laidOut(all, width);
      assertTrue(tail.shown().endsWith(" rings"), tail.shown());
      assertTrue(tail.shown().startsWith("… "), tail.shown());
      assertTrue(tail.getHeight() <= 60, width + ": " + tail.getHeight());
    }
    assertEquals("Short", laidOut("Short", 80).shown());
  }

  /**
   * Texts that JavaFX fails to break into lines, found by trying: Hebrew and Arabic among others.
   */
  @Test
  void textsThatCannotBeWrappedAreShown() {
    for (String s :
        new String[] {
          " \u0342\ufffd\u0590  \ufffd",
          " \u0624  \u06f4\u3030\u04fc \u3021   ",
          "\u0959\u05ff\u05e3\u033d",
          "\t  \u060b\u0692 \t\t\t\t\u05eb \u0e5d",
        }) {
      for (double width : new double[] {1, 20, 33, 50, 100, 300}) {
        String shown = laidOut(s.repeat(6), width).shown();
        assertTrue(shown.endsWith(s.substring(s.length() - 1)), shown);
      }
    }
  }

  private static Tail laidOut(String all, double width) {
    return WaitForAsyncUtils.waitForAsyncFx(
        10_000,
        () -> {
          Tail tail = new Tail();
          tail.setMaxHeight(60);
          VBox box = new VBox(tail);
          new Scene(box, width, 200);
          tail.wholeProperty().set(all);
          box.applyCss();
          box.layout();
          tail.getBoundsInParent();
          return tail;
        });
  }
}
