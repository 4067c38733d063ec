package org.emslens.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
import javafx.scene.control.TextField;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseEvent;
import javafx.scene.paint.Color;
import javafx.stage.FileChooser;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.drive.Mouse;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.app.main.MainView;
import org.emslens.app.settings.Appearance;
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
  final Appearance appearance = new Appearance();
  private final Answers dialogs = new Answers();

  /** What the next dialog for a file is answered with; once. */
  private static final class Answers implements FileDialogs {
    private Path next;

    private Optional<Path> take() {
      Optional<Path> answer = Optional.ofNullable(next);
      next = null;
      return answer;
    }

    @Override
    public Optional<Path> open(
        Window owner, String title, List<FileChooser.ExtensionFilter> kinds) {
      return take();
    }

    @Override
    public Optional<Path> folder(Window owner, String title) {
      return take();
    }

    @Override
    public Optional<Path> save(Window owner, String title, String name) {
      return take();
    }
  }

  final void answer(Path file) {
    dialogs.next = file;
  }

  final String failure() {
    return lens.said().errorProperty().get();
  }

  /** TestFX looks for its start method in the test's own class only. */
  final void show(Stage stage) {
    lens = new Lens(Platform::runLater);
    view = new MainView(lens, appearance, dialogs);
    stage.setScene(new Scene(view, 1280, 800));
    stage.show();
  }

  @AfterEach
  void close() {
    WaitForAsyncUtils.waitForAsyncFx(5000, lens::close);
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
    return lens.jobs().isIdle();
  }

  final void open(FxRobot robot, String model) {
    robot.interact(() -> lens.open(MODELS.resolve(model)));
    until(() -> lens.models().modelProperty().get() != null && idle());
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
          lens.settings().samplingProperty().set(new Sampling(1, 0.9, 0, 3));
          lens.settings().choiceProperty().set(new CacheChoice(Policies.EMS, o, Budget.slots(16)));
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

  /** Types into a field and presses Enter. */
  static void type(FxRobot robot, String id, String text) {
    robot.interact(
        () -> {
          TextField f = robot.lookup(id).queryAs(TextField.class);
          f.requestFocus();
          f.setText(text);
        });
    robot.push(KeyCode.ENTER);
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
