package org.emslens.app;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;
import javafx.event.EventType;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.TextArea;
import javafx.scene.image.WritableImage;
import javafx.scene.input.MouseEvent;
import javafx.scene.paint.Color;
import javafx.stage.Stage;
import org.emslens.app.main.EngineThread;
import org.emslens.app.main.Lens;
import org.emslens.app.main.MainView;
import org.emslens.app.main.View;
import org.emslens.app.tour.Mouse;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.session.Sampling;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.util.WaitForAsyncUtils;

/** A window on the headless platform, with a tiny model. */
@ExtendWith(ApplicationExtension.class)
abstract class HeadlessWindow {
  static final String PROMPT =
      "The keeper lit the lamp and counted the boats. Two boats came home before the storm; the third one came at dawn.";
  static final Path MODELS =
      Path.of("..", "core", "src", "test", "resources", "org", "emslens", "tiny");

  @TempDir Path folder;
  Lens lens;
  MainView view;

  /** TestFX looks for its start method in the test's own class only. */
  final void show(Stage stage) {
    lens = new Lens(new EngineThread(Platform::runLater));
    view = new MainView(lens);
    stage.setScene(new Scene(view, 1280, 800));
    stage.show();
  }

  @AfterEach
  void close() {
    lens.close();
  }

  static void until(BooleanSupplier condition) {
    try {
      WaitForAsyncUtils.waitFor(
          20, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition::getAsBoolean).get());
      WaitForAsyncUtils.waitForFxEvents();
    } catch (TimeoutException e) {
      throw new AssertionError("It did not happen within 20 seconds.", e);
    }
  }

  final View shown() {
    return lens.viewProperty().get();
  }

  final boolean idle() {
    return !lens.busyProperty().get();
  }

  final void open(FxRobot robot, String model) {
    robot.interact(() -> lens.open(MODELS.resolve(model)));
    until(() -> lens.modelReadyProperty().get() && idle());
  }

  /** A run of the tiny model, sampled, since greedy random models repeat themselves. */
  final void run(FxRobot robot) {
    open(robot, "plain");
    robot.interact(
        () -> {
          CacheOptions o =
              CacheOptions.EMS.with(
                  d -> {
                    d.window = 6;
                    d.slack = 5;
                  });
          lens.samplingProperty().set(new Sampling(1, 0.9, 3));
          lens.choiceProperty().set(new CacheChoice(Policies.EMS, o, Budget.slots(16)));
          robot.lookup("#prompt").queryAs(TextArea.class).setText(PROMPT);
          robot.lookup("#run").queryAs(Button.class).fire();
        });
    until(() -> shown() != null && idle());
    until(() -> view.heatmap().isCurrent());
  }

  static Color pixel(Node node, double x, double y) {
    WritableImage image = WaitForAsyncUtils.waitForAsyncFx(5000, () -> node.snapshot(null, null));
    return image.getPixelReader().getColor((int) x, (int) y);
  }

  static void fire(FxRobot robot, Node node, EventType<MouseEvent> type, double x, double y) {
    robot.interact(() -> Mouse.fire(node, type, x, y));
  }

  /** Picks an entry of a box by what it is called in the code. */
  static void choose(FxRobot robot, String id, Object entry) {
    robot.interact(
        () -> {
          @SuppressWarnings("unchecked")
          ComboBox<Object> box = robot.lookup(id).queryAs(ComboBox.class);
          box.getItems().stream()
              .filter(e -> e.toString().equals(entry.toString()))
              .forEach(box::setValue);
        });
  }
}
