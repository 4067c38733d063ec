package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.chart.LineChart;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Slider;
import javafx.scene.control.TextArea;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import javafx.stage.Stage;
import org.controlsfx.control.CheckComboBox;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.controls.ExportMenu;
import org.emslens.app.controls.Palette;
import org.emslens.app.main.Page;
import org.emslens.cache.Policies;
import org.emslens.experiment.Summary.Measure;
import org.emslens.session.Run;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** The pages Compare, Sweep and Needle. */
class ExperimentPagesTest extends HeadlessWindow {

  @Start
  void start(Stage stage) {
    show(stage);
  }

  private void turn(FxRobot robot, Page page) {
    String id = "#page-" + page.name().toLowerCase(Locale.ROOT);
    robot.interact(() -> robot.lookup(id).queryAs(ToggleButton.class).fire());
    assertEquals(page, view.pageProperty().get());
  }

  private static String label(FxRobot robot, String id) {
    return robot.lookup(id).queryAs(Label.class).getText();
  }

  private static void press(FxRobot robot, String id) {
    robot.interact(() -> robot.lookup(id).queryButton().fire());
  }

  private void export(FxRobot robot, String id, Path file) {
    exportTo(robot, id, file);
    until(() -> status(robot).equals("Saved to " + file));
    assertTrue(Files.exists(file));
  }

  private void exportTo(FxRobot robot, String id, Path file) {
    String kind = file.toString().substring(file.toString().lastIndexOf('.') + 1);
    answer(file);
    robot.interact(
        () ->
            robot.lookup(id).queryAs(ExportMenu.class).getItems().stream()
                .filter(i -> i.getId().endsWith(kind))
                .forEach(MenuItem::fire));
  }

  private static String status(FxRobot robot) {
    return label(robot, "#status");
  }

  @SuppressWarnings("unchecked")
  private static LineChart<Number, Number> chart(FxRobot robot, String id) {
    return (LineChart<Number, Number>) robot.lookup(id).queryAs(LineChart.class);
  }

  @Test
  void policiesStepTogether(FxRobot robot) throws IOException {
    run(robot);
    turn(robot, Page.COMPARE);
    assertTrue(robot.lookup("#compare-step").queryButton().isDisabled());
    press(robot, "#compare-add");
    choose(robot, "#lane-policy-2", Policies.FULL);
    type(robot, "#lane-budget-0", "24");
    type(robot, "#lane-budget-1", "24");
    type(robot, "#lane-switches-1", "kernel=3,7");
    press(robot, "#compare-start");
    assertTrue(status(robot).contains("expected one value for each"));
    type(robot, "#lane-switches-1", "alpha=1");
    press(robot, "#compare-start");
    assertTrue(status(robot).contains("SnapKV has no switch alpha"), status(robot));
    type(robot, "#lane-switches-1", "kernel=7");
    press(robot, "#compare-start");
    Slider steps = robot.lookup("#compare-steps").queryAs(Slider.class);
    until(() -> idle() && steps.getMax() == 24);
    press(robot, "#compare-step");
    until(() -> idle() && steps.getMax() == 25);
    assertEquals("step 25 of 25", label(robot, "#compare-at"));
    LineChart<Number, Number> chart = chart(robot, "#compare-chart");
    assertEquals(3, chart.getData().size());
    assertEquals("2  SnapKV, kernel=7, 24", chart.getData().get(1).getName());
    assertEquals(25, chart.getData().getFirst().getData().size());
    assertTrue(
        chart.getData().get(2).getData().stream().allMatch(d -> d.getYValue().doubleValue() == 0),
        "the full cache does not diverge from itself");
    assertTrue(
        chart.getData().getFirst().getData().stream()
            .anyMatch(d -> d.getYValue().doubleValue() > 0));
    assertTrue(label(robot, "#lane-numbers-2").contains("100.0 %"));

    // Where texts part, the first differing token is marked, and what comes before is equal.
    String told = label(robot, "#lane-difference-2");
    TextFlow text = robot.lookup("#lane-text-2").queryAs(TextFlow.class);
    if (told.startsWith("differs")) {
      assertEquals(3, text.getChildren().size());
      String same = ((Text) text.getChildren().getFirst()).getText();
      TextFlow first = robot.lookup("#lane-text-0").queryAs(TextFlow.class);
      assertTrue(((Text) first.getChildren().getFirst()).getText().startsWith(same));
    } else {
      assertEquals(1, text.getChildren().size());
    }

    robot.interact(() -> steps.setValue(3));
    assertEquals("step 3 of 25", label(robot, "#compare-at"));
    assertEquals(3, chart.getData().getFirst().getData().size());

    // The full cache keeps tokens that EMS does not: tall bars of another colour.
    Node strip = robot.lookup("#lane-strip-2").query();
    assertTrue(has(strip, 0x009E73), "only here");
    assertFalse(has(robot.lookup("#lane-strip-0").query(), 0x009E73), "the first is like itself");

    export(robot, "#export-comparison", folder.resolve("c.csv"));
    assertEquals(1 + 3 * 26, csvRows(folder.resolve("c.csv")));
    export(robot, "#export-comparison", folder.resolve("c.svg"));
    export(robot, "#export-comparison", folder.resolve("c.png"));
  }

  /** Rows, of which texts in quotes may span lines. */
  private static int csvRows(Path file) throws IOException {
    String text = Files.readString(file).replaceAll("(?m)^# .*\\n", "");
    int rows = 0;
    boolean quoted = false;
    for (char c : text.toCharArray()) {
      quoted ^= c == '"';
      rows += c == '\n' && !quoted ? 1 : 0;
    }
    return rows;
  }

  private static boolean has(Node node, int rgb) {
    var image = WaitForAsyncUtils.waitForAsyncFx(5000, () -> node.snapshot(null, null));
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if ((image.getPixelReader().getArgb(x, y) & 0xffffff) == rgb) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void sweepsDrawLinesWhosePointsOpenRuns(FxRobot robot) throws IOException {
    open(robot, "plain");
    turn(robot, Page.SWEEP);
    type(robot, "#sweep-tokens", "60");
    type(robot, "#sweep-seeds", "1-2");
    type(robot, "#sweep-continuation", "0");
    press(robot, "#sweep-run");
    assertTrue(label(robot, "#sweep-failure").startsWith("continuation has 0;"));
    type(robot, "#sweep-continuation", "8");
    type(robot, "#sweep-budgets", "twenty");
    press(robot, "#sweep-run");
    assertTrue(label(robot, "#sweep-failure").contains("budget is 'twenty'"));
    type(robot, "#sweep-budgets", "20, 40");
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").startsWith("18 of 18"));
    assertEquals("", label(robot, "#sweep-failure"));
    LineChart<Number, Number> chart = chart(robot, "#sweep-chart");
    assertEquals(5, chart.getData().size());
    assertEquals(2, chart.getData().getFirst().getData().size());
    assertEquals(
        Math.log(20) / Math.log(2),
        chart.getData().getFirst().getData().getFirst().getXValue().doubleValue(),
        1e-9);
    choose(robot, "#sweep-measure", Measure.ACCURACY);
    assertTrue(chart.getData().isEmpty(), "no run asks anything");
    choose(robot, "#sweep-measure", Measure.OUTPUT_ERROR);
    assertEquals(5, chart.getData().size());
    export(robot, "#export-sweep", folder.resolve("s.csv"));
    assertEquals(19, csvRows(folder.resolve("s.csv")));
    assertTrue(
        Files.readString(folder.resolve("s.csv")).contains("# command: emslens sweep --model "));
    export(robot, "#export-sweep", folder.resolve("s.png"));
    Path inside = folder.resolve("s.png").resolve("s.svg");
    exportTo(robot, "#export-sweep", inside);
    until(
        () ->
            lens.said().noticeProperty().get() != null
                && label(robot, "#notice-text").startsWith("Not saved. " + folder));
    Node point = chart.getData().getLast().getData().getLast().getNode();
    fire(robot, point, MouseEvent.MOUSE_CLICKED, 2, 2);
    until(() -> idle() && shown() != null && view.pageProperty().get() == Page.INSPECT);
    assertEquals(Policies.EMS, shown().run().choice().policy());
    assertEquals(40, shown().run().choice().slotsFor(60));
    assertEquals(9, shown().run().steps().size());
    double worst =
        shown().run().steps().stream().skip(1).mapToDouble(s -> s.divergence()).max().orElse(-1);
    assertEquals(worst, shown().step().divergence());
  }

  @Test
  void sweepsCompressTheOpenPromptOrAFileWithSwitches(FxRobot robot) throws IOException {
    run(robot);
    String prompt = shown().run().promptText();
    turn(robot, Page.SWEEP);
    choose(robot, "#sweep-source", "OPEN");
    type(robot, "#sweep-continuation", "9999");
    type(robot, "#sweep-budgets", "24");
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").contains("more than 9999 are needed"));
    type(robot, "#sweep-continuation", "6");
    type(robot, "#sweep-switches", "alfa=0");
    press(robot, "#sweep-run");
    assertTrue(label(robot, "#sweep-failure").contains("switch is 'alfa'"));
    type(robot, "#sweep-switches", "alpha=0,1");
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").startsWith("6 of 6"));
    LineChart<Number, Number> chart = chart(robot, "#sweep-chart");
    assertEquals(
        6, chart.getData().size(), "EMS with two values, policies without that switch once");
    assertEquals(
        1,
        chart.getData().stream()
            .filter(s -> s.getNode().getStyleClass().contains("across"))
            .map(s -> s.getData().getFirst().getYValue().doubleValue())
            .filter(kl -> kl == 0)
            .count(),
        "the full cache, which no budget changes, goes across");
    assertTrue(isWhole(chart.getData().getFirst().getData().getFirst().getNode()));
    fire(
        robot,
        chart.getData().getLast().getData().getLast().getNode(),
        MouseEvent.MOUSE_CLICKED,
        2,
        2);
    until(() -> idle() && view.pageProperty().get() == Page.INSPECT);
    assertTrue(prompt.startsWith(shown().run().promptText()));
    assertEquals(7, shown().run().steps().size());
    assertEquals(1, shown().run().choice().options().alpha());

    turn(robot, Page.SWEEP);
    choose(robot, "#sweep-source", "FILE");
    type(robot, "#sweep-switches", "");
    press(robot, "#sweep-run");
    assertEquals("No file is chosen.", label(robot, "#sweep-failure"));
    Path text = Files.writeString(folder.resolve("text.txt"), prompt);
    type(robot, "#sweep-file", text.toString());
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").startsWith("5 of 5"));
    assertEquals(5, chart.getData().size());

    // Asked something, the file is compressed whole, with the question or before it.
    assertFalse(robot.lookup("#sweep-answer").query().getParent().isVisible());
    type(robot, "#sweep-asked", "Which boat was the last?");
    assertFalse(robot.lookup("#sweep-continuation").query().getParent().isVisible());
    press(robot, "#sweep-run");
    assertEquals("No answer is written.", label(robot, "#sweep-failure"));
    type(robot, "#sweep-answer", " The third.");
    choose(robot, "#sweep-question", "BOTH");
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").startsWith("10 of 10"));
    assertEquals(10, chart.getData().size());
    export(robot, "#export-sweep", folder.resolve("asked.csv"));
    String table = Files.readString(folder.resolve("asked.csv"));
    assertTrue(table.contains("Which boat was the last?"), table);
    assertTrue(table.contains("--question inside,after"), table);
    Files.delete(text);
    press(robot, "#sweep-run");
    assertTrue(label(robot, "#sweep-failure").startsWith("text.txt: no such file"));
  }

  /** Of several models of one title each has lines of its own, and runs that only it opens. */
  @Test
  void resultsOfModelsOfOneTitleAreToldApart(FxRobot robot) throws IOException {
    Path other = Files.createDirectories(folder.resolve("plain"));
    try (Stream<Path> files = Files.list(MODELS.resolve("plain"))) {
      for (Path f : files.toList()) {
        Files.copy(f, other.resolve(f.getFileName()));
      }
    }
    open(robot, "plain");
    sweep(robot);
    robot.interact(() -> lens.open(other));
    until(() -> idle() && lens.models().modelProperty().get().path().equals(other));
    assertEquals("Results of plain.", label(robot, "#sweep-whose"));
    sweep(robot);
    assertEquals("", label(robot, "#sweep-whose"));
    LineChart<Number, Number> chart = chart(robot, "#sweep-chart");
    assertEquals(5, chart.getData().size());
    robot.interact(() -> robot.lookup("#sweep-overlay").queryAs(CheckBox.class).setSelected(true));
    until(() -> chart.getData().size() == 10);
    assertEquals(
        5, chart.getData().stream().filter(d -> d.getName().contains(", plain (2)")).count());
    assertEquals("Results of plain and plain (2).", label(robot, "#sweep-whose"));
    fire(robot, first(chart, "EMS, plain"), MouseEvent.MOUSE_CLICKED, 2, 2);
    until(() -> status(robot).equals("This is a result of plain; open that model to look at it."));
    assertEquals(Page.SWEEP, view.pageProperty().get());
    fire(robot, first(chart, "EMS, plain (2)"), MouseEvent.MOUSE_CLICKED, 2, 2);
    until(() -> idle() && shown() != null && view.pageProperty().get() == Page.INSPECT);
  }

  private void sweep(FxRobot robot) {
    turn(robot, Page.SWEEP);
    type(robot, "#sweep-tokens", "60");
    type(robot, "#sweep-seeds", "1");
    type(robot, "#sweep-continuation", "8");
    type(robot, "#sweep-budgets", "20");
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").startsWith("5 of 5"));
  }

  private static Node first(LineChart<Number, Number> chart, String name) {
    return chart.getData().stream()
        .filter(d -> d.getName().equals(name))
        .findFirst()
        .orElseThrow()
        .getData()
        .getFirst()
        .getNode();
  }

  /** What is opened from there has the question in its field, as it was written, in a chat too. */
  @Test
  void sweepsAskTheOpenChatWhatItWasAskedAfterwards(FxRobot robot) {
    open(robot, "plain");
    String question = "Which boat was the last?";
    robot.interact(
        () -> {
          robot.lookup("#chat").queryAs(ToggleSwitch.class).setSelected(true);
          robot.lookup("#afterwards").queryAs(ToggleSwitch.class).setSelected(true);
          robot.lookup("#prompt").queryAs(TextArea.class).setText(PROMPT);
          robot.lookup("#question").queryAs(TextArea.class).setText(question);
        });
    press(robot, "#run");
    until(() -> idle() && shown() != null);
    Run asked = shown().run();
    assertEquals(question, asked.question().words());
    turn(robot, Page.SWEEP);
    choose(robot, "#sweep-source", "OPEN");
    choose(robot, "#sweep-question", "AFTER");
    type(robot, "#sweep-answer", " The third.");
    type(robot, "#sweep-budgets", "24");
    press(robot, "#sweep-run");
    until(() -> idle() && label(robot, "#sweep-note").startsWith("5 of 5"));
    fire(
        robot,
        chart(robot, "#sweep-chart").getData().stream()
            .filter(d -> d.getName().startsWith("EMS"))
            .findFirst()
            .orElseThrow()
            .getData()
            .getFirst()
            .getNode(),
        MouseEvent.MOUSE_CLICKED,
        2,
        2);
    until(() -> idle() && shown().run() != asked && view.pageProperty().get() == Page.INSPECT);
    assertEquals(asked.promptText(), shown().run().promptText());
    assertEquals(question, shown().run().question().words());
    assertEquals(question, robot.lookup("#question").queryAs(TextArea.class).getText());
    assertEquals(PROMPT, robot.lookup("#prompt").queryAs(TextArea.class).getText());
  }

  /** What was asked once the prompt was compressed is asked of every lane. */
  @Test
  void lanesAreAskedWhatTheOpenPromptWas(FxRobot robot) {
    open(robot, "plain");
    String question = "Which boat was the last?";
    robot.interact(
        () -> {
          robot.lookup("#afterwards").queryAs(ToggleSwitch.class).setSelected(true);
          robot.lookup("#prompt").queryAs(TextArea.class).setText(PROMPT);
          robot.lookup("#question").queryAs(TextArea.class).setText(question);
        });
    press(robot, "#run");
    until(() -> idle() && shown() != null);
    int asked = shown().run().said();
    turn(robot, Page.COMPARE);
    type(robot, "#lane-budget-0", "24");
    type(robot, "#lane-budget-1", "24");
    press(robot, "#compare-start");
    Slider steps = robot.lookup("#compare-steps").queryAs(Slider.class);
    until(() -> idle() && steps.getMax() > asked);
    for (int lane = 0; lane < 2; lane++) {
      String text =
          robot.lookup("#lane-text-" + lane).queryAs(TextFlow.class).getChildren().stream()
              .map(t -> ((Text) t).getText())
              .collect(Collectors.joining());
      assertTrue(text.contains(question), "lane " + lane + ": " + text);
    }
  }

  /** Whether nothing of a point is beyond its plot's clip. */
  private static boolean isWhole(Node point) {
    Node area = point.getParent().getParent();
    return area.getClip()
        .getBoundsInParent()
        .contains(area.sceneToLocal(point.localToScene(point.getBoundsInLocal())));
  }

  @Test
  void needleGridsFillInAndTheirCellsOpenRuns(FxRobot robot) throws IOException {
    run(robot);
    Run before = shown().run();
    turn(robot, Page.NEEDLE);
    type(robot, "#needle-lengths", "60, 90");
    type(robot, "#needle-depths", "0, 2");
    type(robot, "#needle-budgets", "30");
    type(robot, "#needle-seeds", "1-2");
    press(robot, "#needle-run");
    assertTrue(label(robot, "#needle-failure").contains("depth is 2.0"));
    type(robot, "#needle-depths", "0, 1");
    choose(robot, "#needle-question", "BOTH");
    robot.interact(
        () -> {
          @SuppressWarnings("unchecked")
          CheckComboBox<Policies> policies =
              robot.lookup("#needle-policies").queryAs(CheckComboBox.class);
          policies.getCheckModel().clearChecks();
          policies.getCheckModel().check(Policies.EMS);
        });
    press(robot, "#needle-run");
    until(() -> idle() && label(robot, "#needle-note").startsWith("16 of 16"));
    Set<Node> cells = robot.lookup(".needle-cell").queryAll();
    assertEquals(8, cells.size(), "two places of the question, two lengths, two depths");
    Node cell = cells.iterator().next();
    assertNotEquals(Palette.LIGHT.surface(), pixel(cell, 4, 4));
    export(robot, "#export-needle", folder.resolve("n.csv"));
    assertEquals(17, csvRows(folder.resolve("n.csv")));
    export(robot, "#export-needle", folder.resolve("n.svg"));
    fire(robot, cell, MouseEvent.MOUSE_CLICKED, 10, 10);
    until(() -> idle() && shown().run() != before && view.pageProperty().get() == Page.INSPECT);
    assertTrue(shown().run().promptText().contains("Question: What is the"));
    assertEquals(
        shown().run().promptText(), robot.lookup("#prompt").queryAs(TextArea.class).getText());
  }

  @Test
  void experimentsCanBeCancelled(FxRobot robot) {
    open(robot, "plain");
    turn(robot, Page.SWEEP);
    type(robot, "#sweep-tokens", "200");
    type(robot, "#sweep-seeds", "1-500");
    press(robot, "#sweep-run");
    until(() -> !label(robot, "#sweep-note").startsWith("0 of"));
    press(robot, "#sweep-cancel");
    assertTrue(idle());
    WaitForAsyncUtils.sleep(300, TimeUnit.MILLISECONDS);
    WaitForAsyncUtils.waitForFxEvents();
    String then = label(robot, "#sweep-note");
    WaitForAsyncUtils.sleep(300, TimeUnit.MILLISECONDS);
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(then, label(robot, "#sweep-note"));
    assertFalse(chart(robot, "#sweep-chart").getData().isEmpty(), "what came before stays");
  }
}
