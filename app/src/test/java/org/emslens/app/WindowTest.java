package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javafx.beans.value.ChangeListener;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.SnapshotParameters;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.image.Image;
import javafx.scene.image.PixelReader;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.paint.Color;
import javafx.scene.transform.Transform;
import javafx.stage.Stage;
import org.emslens.app.controls.Argb;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Surface;
import org.emslens.app.drive.Mouse;
import org.emslens.app.heads.Encoding;
import org.emslens.app.heatmap.MapRegion;
import org.emslens.app.lens.View;
import org.emslens.app.tokens.ContextView;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.cache.PromptScore;
import org.emslens.chart.ColourMap;
import org.emslens.engine.Prompt;
import org.emslens.engine.scores.RetrievalHeads;
import org.emslens.session.Run;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/**
 * Every control of the page on which a run is looked at: what it does to the model and to the
 * picture.
 */
class WindowTest extends HeadlessWindow {

  @Start
  void start(Stage stage) {
    show(stage);
  }

  @Test
  void emptyWindowSaysWhatToDo(FxRobot robot) {
    assertTrue(robot.lookup("#run").queryButton().isDisabled());
    assertTrue(robot.lookup("#step").queryButton().isDisabled());
    assertEquals("no model yet", robot.lookup("#model-title").queryAs(Label.class).getText());
    assertTrue(robot.lookup("#samples").queryComboBox().getItems().size() >= 6);
  }

  @Test
  void runStepBackAndKeys(FxRobot robot) {
    run(robot);
    assertEquals(0, shown().stepIndex());
    assertEquals(16, shown().step().after().slots(0));
    robot.clickOn("#step");
    until(() -> shown().stepIndex() == 1 && idle());
    robot.interact(() -> view.atlas().requestFocus());
    robot.interact(() -> robot.lookup("#generate").queryButton().fire());
    until(() -> shown().stepIndex() == 17 && idle());
    assertTrue(shown().run().steps().stream().filter(s -> s.plan() != null).count() >= 3);
    robot.clickOn("#back");
    assertEquals(16, shown().stepIndex());
    robot.interact(() -> view.requestFocus());
    robot.push(KeyCode.LEFT);
    assertEquals(15, shown().stepIndex());
    robot.push(KeyCode.HOME);
    assertEquals(0, shown().stepIndex());
    robot.push(KeyCode.RIGHT);
    assertEquals(1, shown().stepIndex());
    robot.push(KeyCode.END);
    assertEquals(17, shown().stepIndex());
    assertEquals("step 17 of 17", robot.lookup("#step-label").queryAs(Label.class).getText());
  }

  @Test
  void playMovesOnAndStopsAtTheEnd(FxRobot robot) {
    run(robot);
    robot.interact(() -> lens.generation().step(4));
    until(() -> shown().stepIndex() == 4 && idle());
    robot.interact(
        () -> {
          robot.lookup("#first").queryButton().fire();
          robot.lookup("#speed").queryAs(Slider.class).setValue(30);
        });
    robot.clickOn("#play");
    until(() -> shown().stepIndex() >= 5);
    robot.clickOn("#play");
    int at = shown().stepIndex();
    WaitForAsyncUtils.sleep(300, TimeUnit.MILLISECONDS);
    WaitForAsyncUtils.waitForFxEvents();
    assertTrue(shown().stepIndex() <= at + 1);
  }

  @Test
  void budgetPolicyAndSwitchesReplanAndRegenerate(FxRobot robot) {
    run(robot);
    robot.interact(() -> lens.generation().step(6));
    until(() -> shown().run().steps().size() == 7 && idle());
    type(robot, "#budget-field", "24");
    until(
        () ->
            shown().run().steps().getFirst().after().slots(0) == 24
                && shown().run().steps().size() == 7
                && idle());
    type(robot, "#window-field", "3");
    until(() -> shown().run().choice().options().window() == 3 && idle());
    for (Policies p : Policies.values()) {
      choose(robot, "#policy", p);
      until(
          () ->
              shown().run().choice().policy() == p && shown().run().steps().size() == 7 && idle());
      assertEquals(p == Policies.FULL, shown().step().plan() == null && shown().lastPlan() == null);
    }
    choose(robot, "#policy", Policies.EMS_REPORTED);
    until(() -> shown().run().choice().policy() == Policies.EMS_REPORTED && idle());
    robot.interact(() -> robot.lookup("#merge").queryComboBox().getSelectionModel().selectFirst());
    until(() -> shown().run().choice().options().merge() == CacheOptions.Merge.NONE && idle());
    assertEquals(0, shown().run().steps().getFirst().plan().merged());
    robot.interact(() -> robot.lookup("#alpha-slider").queryAs(Slider.class).setValue(0.8));
    until(() -> shown().run().choice().options().alpha() == 0.8 && idle());
    robot.clickOn("#preset");
    until(() -> shown().run().choice().options().alpha() == 0.5 && idle());
    assertEquals(CacheOptions.Align.MEAN, shown().run().choice().options().align());
    choose(robot, "#policy", Policies.EMS);
    until(() -> shown().run().choice().options().alpha() == 0.4 && idle());
    assertTrue(failure().isEmpty(), failure());
  }

  /** Between tokens of which some are gone there is no score, and no line over them. */
  @Test
  void scoresAreNotDrawnOverTokensThatAreGone(FxRobot robot) {
    run(robot);
    robot.interact(() -> lens.generation().step(12));
    until(() -> shown().run().steps().size() == 13 && idle());
    Surface scores = robot.lookup("#scores").queryAs(Surface.class);
    until(scores::isCurrent);
    int[] at = shown().lastCompression().before().head(shown().kvHead()).position();
    int span = shown().lastCompression().before().seen();
    double token = (scores.getWidth() - 26 - 8) / span;
    int first =
        IntStream.range(1, at.length).filter(i -> at[i] > at[i - 1] + 2).findFirst().orElseThrow();
    double gone = (at[first - 1] + at[first]) / 2.0;
    assertTrue(inked(scores, 26 + (at[first] + 0.5) * token), "a token that was there has a score");
    assertFalse(inked(scores, 26 + (gone + 0.5) * token), "and one that was gone has not");
  }

  /** Whether a column of the chart has something in it of the colour of Global or Local. */
  private static boolean inked(Node scores, double x) {
    WritableImage image = WaitForAsyncUtils.waitForAsyncFx(5000, () -> scores.snapshot(null, null));
    return IntStream.range(23, (int) image.getHeight() - 34)
        .mapToObj(y -> image.getPixelReader().getColor((int) x, y))
        .anyMatch(c -> isNear(c, Color.web("#009E73")) || isNear(c, Color.web("#CC79A7")));
  }

  private static boolean isNear(Color a, Color b) {
    return a.getSaturation() > 0.1 && Math.abs(a.getHue() - b.getHue()) < 12;
  }

  @Test
  void heatmapShowsTheAttentionAndTellsValues(FxRobot robot) {
    run(robot);
    Node map = view.heatmap();
    double w = map.getLayoutBounds().getWidth();
    Color sink = pixel(map, 66, 25);
    assertEquals(
        ColourMap.VIRIDIS.colour(1), Argb.of(sink), "the first token can look at itself only");
    Color future = pixel(map, w - 74 - 6, 26);
    assertEquals(Argb.of(Palette.LIGHT.faint()), Argb.of(future));
    fire(robot, map, MouseEvent.MOUSE_MOVED, 80, 60);
    assertTrue(lens.selection().tokenProperty().get() >= 0);
    MapRegion before = view.heatmap().region();
    robot.interact(() -> Mouse.wheel(map, 200, 150, 40));
    assertTrue(view.heatmap().region().rows() < before.rows());
    until(() -> view.heatmap().isCurrent());
    choose(robot, "#map", ColourMap.MAGMA);
    assertEquals(ColourMap.MAGMA, view.heatmap().mapProperty().get());
  }

  @Test
  void atlasPicksHeadsAndEncodesThem(FxRobot robot) {
    run(robot);
    Point2D at = view.atlas().centre(2, 3);
    fire(robot, view.atlas(), MouseEvent.MOUSE_CLICKED, at.getX(), at.getY());
    assertEquals(2, shown().layer());
    assertEquals(3, shown().head());
    robot.interact(() -> view.atlas().encodingProperty().set(Encoding.KEPT));
    WaitForAsyncUtils.waitForFxEvents();
    Point2D first = view.atlas().centre(0, 0);
    float kept = shown().lastCompression().plan().heads().getFirst().readout().keptMass();
    assertEquals(
        ColourMap.VIRIDIS.colour(kept), Argb.of(pixel(view.atlas(), first.getX(), first.getY())));
  }

  @Test
  void textAndStripAreLinked(FxRobot robot) {
    run(robot);
    Node context = robot.lookup("#context").query();
    fire(robot, context, MouseEvent.MOUSE_MOVED, 20, 12);
    int token = lens.selection().tokenProperty().get();
    assertTrue(token >= 0);
    Node strip = robot.lookup("#strip").query();
    fire(robot, strip, MouseEvent.MOUSE_MOVED, strip.getLayoutBounds().getWidth() - 14, 20);
    assertEquals(shown().step().seen() - 1, lens.selection().tokenProperty().get());
    fire(robot, strip, MouseEvent.MOUSE_EXITED, 0, 0);
    assertEquals(-1, lens.selection().tokenProperty().get());
    double base = strip.getLayoutBounds().getHeight() - 32;
    Color newest = pixel(strip, strip.getLayoutBounds().getWidth() - 16, base - 5);
    assertEquals(Argb.of(Palette.LIGHT.kept()), Argb.of(newest), "the window is kept");
  }

  @Test
  void nextTokenBranchesAndFilmStripScrubs(FxRobot robot) {
    run(robot);
    robot.interact(() -> lens.generation().step(5));
    until(() -> shown().stepIndex() == 5 && idle());
    Node film = robot.lookup("#timeline").query();
    fire(robot, film, MouseEvent.MOUSE_PRESSED, 62, 20);
    assertEquals(0, shown().stepIndex());
    int wanted = shown().step().next().top().get(2).id();
    Node next = robot.lookup("#next").query();
    double row = Math.min(20, (next.getLayoutBounds().getHeight() - 24) / 10);
    fire(robot, next, MouseEvent.MOUSE_CLICKED, 30, 20 + 2.5 * row);
    until(() -> shown().run().steps().size() == 2 && idle());
    assertEquals(wanted, shown().step().token().id());
  }

  @Test
  void barsPickKvHeads(FxRobot robot) {
    run(robot);
    fire(robot, robot.lookup("#bars").query(), MouseEvent.MOUSE_CLICKED, 80, 40);
    assertEquals(2, shown().head());
  }

  @Test
  void aBadFileIsASentenceAndNothingIsLost(FxRobot robot) throws IOException {
    run(robot);
    View before = shown();
    Path bad = Files.writeString(folder.resolve("bad.gguf"), "this is no model at all");
    robot.interact(() -> lens.open(bad));
    until(() -> lens.said().noticeProperty().get() != null);
    String why = robot.lookup("#notice-text").queryAs(Label.class).getText();
    assertTrue(why.contains("bad.gguf"), why);
    assertTrue(robot.lookup("#retry").query().isVisible());
    assertEquals(before, shown());
    robot.interact(() -> lens.said().dismiss());
    Path session = Files.writeString(folder.resolve("bad.emslens"), "nor a session");
    robot.interact(() -> lens.readRecording(session, Runnable::run));
    until(() -> lens.said().noticeProperty().get() != null);
    assertTrue(robot.lookup("#notice-text").queryAs(Label.class).getText().contains("bad.emslens"));
    assertTrue(robot.lookup("#choose-file").query().isVisible());
    assertEquals(before, shown());
    robot.interact(() -> lens.generation().step(1));
    until(() -> shown().stepIndex() == 1 && idle());
    assertTrue(failure().isEmpty());
  }

  @Test
  void aSessionIsSavedAndOpenedAgain(FxRobot robot) {
    run(robot);
    robot.interact(() -> lens.generation().step(3));
    until(() -> shown().stepIndex() == 3 && idle());
    String text = shown().run().generated(3);
    robot.clickOn("#repeated");
    until(() -> view.inspect().isRepeated() && idle());
    Path file = folder.resolve("s.emslens");
    robot.interact(() -> lens.files().save(file));
    until(() -> Files.exists(file) && idle());
    robot.interact(() -> lens.readRecording(file, Runnable::run));
    until(() -> !shown().run().canDecode() && idle());
    assertEquals(text, shown().run().generated(3));
    assertFalse(view.inspect().isRepeated());
    robot.clickOn("#repeated");
    until(() -> view.inspect().isRepeated());
    assertFalse(shown().run().canDecode(), "its map is in the file");
    robot.clickOn("#repeated");
    type(robot, "#budget-field", "20");
    until(() -> shown().run().steps().getFirst().after().slots(0) == 20 && idle());
    type(robot, "#budget-field", "16");
    until(() -> text.equals(shown().run().generated(3)) && idle());
    assertFalse(robot.lookup("#step").queryButton().isDisabled(), "its model is open");
    robot.interact(() -> lens.generation().step(1));
    until(() -> shown().stepIndex() == 4 && idle());
    assertTrue(shown().run().canDecode());
    assertTrue(shown().run().generated(4).startsWith(text));
  }

  /** However fast they come: before the focus has settled in the field, too. */
  @Test
  void digitsThatAreTypedOnASliderAllReachItsField(FxRobot robot) {
    run(robot);
    robot.interact(
        () -> {
          robot.lookup("#budget-slider").query().requestFocus();
          typed("3");
          typed("0");
        });
    robot.push(KeyCode.ENTER);
    until(() -> shown().run().choice().slotsFor(PROMPT.length()) == 30 && idle());
  }

  private void typed(String character) {
    view.getScene()
        .getFocusOwner()
        .fireEvent(
            new KeyEvent(
                KeyEvent.KEY_TYPED, character, "", KeyCode.UNDEFINED, false, false, false, false));
  }

  @Test
  void themesChangeThePicture(FxRobot robot) {
    run(robot);
    Node strip = robot.lookup("#strip").query();
    Color light = pixel(strip, 3, 3);
    robot.clickOn("#theme");
    WaitForAsyncUtils.waitForFxEvents();
    Color dark = pixel(strip, 3, 3);
    assertNotEquals(light, dark);
    assertEquals(Palette.DARK.surface(), dark);
    robot.clickOn("#theme");
  }

  /** Which heads find the prompt again is known once a policy has had it repeated. */
  @Test
  void headsThatFindThePromptAgainAreToldOnceItWasRepeated(FxRobot robot) {
    run(robot);
    robot.interact(() -> view.atlas().encodingProperty().set(Encoding.RETRIEVAL));
    until(() -> view.atlas().isCurrent());
    assertTrue(view.atlas().texts().toString().contains("repeated"));
    choose(robot, "#policy", Policies.KVZIP);
    until(() -> shown().run().choice().policy() == Policies.KVZIP && idle());
    until(() -> view.atlas().isCurrent());
    Prompt prompt = shown().run().prefill();
    float[] scores = prompt.scores().get(PromptScore.REPEAT)[1];
    double sum = 0;
    for (float score : scores) {
      sum += score;
    }
    double mean = sum / scores.length;
    assertTrue(mean > 0.005 && mean < 1, "mean " + mean);
    assertEquals(mean, RetrievalHeads.share(prompt, 0, 1), 1e-9);
    assertFalse(view.atlas().texts().toString().contains("repeated"));
    Point2D at = view.atlas().centre(0, prompt.config().group());
    Color expected = Argb.paint(ColourMap.VIRIDIS.colour(mean));
    assertEquals(expected, pixel(view.atlas(), at.getX(), at.getY()));
  }

  /** Where the cache was compressed stands in the text: after the prompt, and while decoding. */
  @Test
  void theTextSaysWhereItWasCompressed(FxRobot robot) {
    run(robot);
    ContextView context = view.inspect().context();
    until(context::isCurrent);
    assertTrue(context.texts().contains("compressed"), context.texts().toString());
    int before = marks(context);
    robot.interact(() -> lens.generation().step(12));
    until(() -> shown().stepIndex() == 12 && idle());
    until(context::isCurrent);
    long again = shown().run().steps().stream().skip(1).filter(s -> s.plan() != null).count();
    assertTrue(again > 0, "compressed while decoding");
    assertTrue(marks(context) > before, before + " dots, then " + marks(context));
  }

  /** Dots of a compression's colour in the text and its legend. */
  private static int marks(Node context) {
    WritableImage image =
        WaitForAsyncUtils.waitForAsyncFx(5000, () -> context.snapshot(null, null));
    int wanted = Argb.of(Palette.LIGHT.merged());
    int n = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        n += image.getPixelReader().getArgb(x, y) == wanted ? 1 : 0;
      }
    }
    return n;
  }

  /** A picture at twice the size has letters and lines of that size, not blocks of four. */
  @Test
  void enlargedPicturesAreDrawnSo(FxRobot robot) {
    run(robot);
    SnapshotParameters larger = new SnapshotParameters();
    larger.setTransform(Transform.scale(2, 2));
    for (String id : new String[] {"#next", "#context", "#strip"}) {
      Node surface = robot.lookup(id).query();
      Image[] made = new Image[1];
      robot.interact(
          () -> made[0] = Surface.enlarged(surface, 2, () -> surface.snapshot(larger, null)));
      assertEquals(2 * Math.floor(surface.getLayoutBounds().getWidth()), made[0].getWidth(), 2);
      Image[] blurred = new Image[1];
      robot.interact(() -> blurred[0] = surface.snapshot(larger, null));
      assertTrue(sharp(made[0]) > 1.3 * sharp(blurred[0]), id + " is only enlarged");
    }
  }

  /** How much neighbours differ, squared: edges that are spread over several dots count less. */
  private static double sharp(Image image) {
    double sum = 0;
    PixelReader pixels = image.getPixelReader();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x + 1 < image.getWidth(); x++) {
        double step =
            pixels.getColor(x, y).getBrightness() - pixels.getColor(x + 1, y).getBrightness();
        sum += step * step;
      }
    }
    return sum;
  }

  @Test
  void runningCanBeCancelled(FxRobot robot) {
    run(robot);
    // Drawn at random, so that it does not end as soon as the most probable text does.
    type(robot, "#temperature", "2");
    // Pressed as soon as something is to be seen; the model may have come to its end by then.
    for (int tries = 0; tries < 20 && (tries == 0 || shown().run().ended()); tries++) {
      AtomicBoolean pressed = new AtomicBoolean();
      ChangeListener<Run> press =
          (o, before, now) -> {
            if (now != null && now.steps().size() > 2 && pressed.compareAndSet(false, true)) {
              robot.lookup("#cancel").queryButton().fire();
            }
          };
      robot.clickOn("#run");
      until(() -> idle() && shown().run().steps().size() == 1);
      robot.interact(
          () -> {
            lens.runProperty().addListener(press);
            lens.generation().step(1500);
          });
      until(() -> pressed.get() && idle());
      robot.interact(() -> lens.runProperty().removeListener(press));
    }
    assertTrue(idle());
    WaitForAsyncUtils.sleep(200, TimeUnit.MILLISECONDS);
    WaitForAsyncUtils.waitForFxEvents();
    int steps = shown().run().steps().size();
    WaitForAsyncUtils.sleep(200, TimeUnit.MILLISECONDS);
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(steps, shown().run().steps().size());
    assertTrue(steps < 1500 && !shown().run().ended(), steps + " steps");
    robot.interact(() -> lens.generation().step(1));
    until(() -> idle() && shown().run().steps().size() > steps);
  }
}
