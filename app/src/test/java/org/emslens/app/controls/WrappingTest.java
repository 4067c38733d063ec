package org.emslens.app.controls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

class WrappingTest {

  @BeforeAll
  static void toolkit() throws Exception {
    FxToolkit.registerPrimaryStage();
  }

  @Test
  void latinChineseAndEmojiBreak() {
    for (String s :
        new String[] {"", "One boat came home.", "Ελλάδα, Россия", "中文句子。", "🙂🙃", "“—…”"}) {
      assertTrue(Wrapping.breaks(s), s);
      assertEquals(1, Wrapping.texts(s).size());
    }
    assertTrue(Wrapping.breaks(null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The word שלום means peace, and many other things besides that one, as one knows",
        "עברית היא שפה שמית, ממשפחת השפות האפרו-אסיאתיות, הידועה כשפתם של היהודים",
        "اللغة العربية هي أكثر اللغات السامية تحدثا ونطقا ضمن مجموعة اللغات السامية",
        "हिन्दी विश्व की एक प्रमुख भाषा है और भारत की एक राजभाषा है",
        "ภาษาไทยเป็นภาษาที่ใช้กันมากในประเทศไทยและเป็นภาษาราชการ",
      })
  void shapedTextIsLaidOutAtAnyWidth(String s) {
    assertFalse(Wrapping.breaks(s));
    assertEquals(s, Wrapping.texts(s).stream().map(Text::getText).collect(Collectors.joining()), s);
    for (double width : new double[] {120, 200, 333}) {
      TextFlow flow = WaitForAsyncUtils.waitForAsyncFx(10_000, () -> new TextFlow());
      laidOut(flow, width, () -> flow.getChildren().setAll(Wrapping.texts(s)));
      assertTrue(flow.getHeight() > 20, "broken into lines at " + width);
      for (var t : flow.getChildren()) {
        assertTrue(
            !s.contains(" ") || t.getBoundsInParent().getMaxX() <= width + 1, t + " at " + width);
      }
      TextArea area = WaitForAsyncUtils.waitForAsyncFx(10_000, () -> new TextArea());
      laidOut(area, width, () -> Wrapping.wrap(area));
      laidOut(area, width, () -> area.setText("Latin, which wraps. " + s + "\n" + s));
      assertFalse(area.isWrapText());
      laidOut(area, width, () -> area.setText("Latin"));
      assertTrue(area.isWrapText());
      Label label = WaitForAsyncUtils.waitForAsyncFx(10_000, () -> new Label());
      laidOut(label, width, () -> Wrapping.wrap(label));
      laidOut(label, width, () -> label.setText(s));
    }
  }

  private static void laidOut(Parent node, double width, Runnable change) {
    WaitForAsyncUtils.waitForAsyncFx(
        10_000,
        () -> {
          VBox box = node.getParent() instanceof VBox b ? b : new VBox(node);
          if (box.getScene() == null) {
            new Scene(box, width, 300);
          }
          change.run();
          box.applyCss();
          box.layout();
          node.getBoundsInParent();
        });
  }
}
