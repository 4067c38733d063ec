package org.emslens.app.main;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.stage.Stage;
import org.emslens.app.prompt.Sample;
import org.emslens.app.tour.Tour;
import org.emslens.cli.Failures;
import org.emslens.engine.nd4j.Nd4jEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The window. Parameters: `--tour=DIR` drives it by itself, `--size=WxH`; others are files to open.
 */
public final class LensApplication extends Application {
  private static final Logger LOG = LoggerFactory.getLogger(LensApplication.class);

  private Lens lens;
  private Tour tour;

  @Override
  public void start(Stage stage) {
    // ND4J takes a second or two to start; the window is up meanwhile.
    Thread.ofPlatform().daemon().name("emslens-warm-up").start(LensApplication::warmUp);
    lens = new Lens(new EngineThread(Platform::runLater));
    Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> unexpected(e));
    MainView view = new MainView(lens);
    stage.setTitle("EMS Lens");
    String[] size = getParameters().getNamed().getOrDefault("size", "1440x900").split("x");
    stage.setScene(new Scene(view, Integer.parseInt(size[0]), Integer.parseInt(size[1])));
    stage.setOnCloseRequest(e -> Platform.exit());
    stage.show();
    LOG.info("Window up after {} ms", ManagementFactory.getRuntimeMXBean().getUptime());
    String pictures = getParameters().getNamed().get("tour");
    List<String> files = getParameters().getUnnamed();
    if (pictures != null) {
      tour = new Tour(lens, view, Path.of(pictures));
      tour.start();
    } else if (files.isEmpty()) {
      showRecording();
      firstRun(view);
    } else {
      lens.open(Path.of(files.getFirst()));
    }
  }

  /**
   * A fault of ours: into the log, and in a sentence on screen. JavaFX's headless screen, which is
   * 1000 pixels high, faults by itself at taller windows and goes on.
   */
  private void unexpected(Throwable e) {
    Failures.log(e);
    boolean headless =
        Arrays.stream(e.getStackTrace()).anyMatch(f -> f.getClassName().contains("headless"));
    if (!headless) {
      lens.errorProperty().set(Failures.sentence(e));
    }
  }

  private static void warmUp() {
    try {
      Nd4jEngine.warmUp();
    } catch (RuntimeException e) {
      Failures.log(e);
    }
  }

  /** What the program does can be seen while the model is on its way. */
  private void showRecording() {
    try (InputStream in = Sample.recording()) {
      if (in != null) {
        Path copy = Files.createTempFile("emslens", ".emslens");
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        copy.toFile().deleteOnExit();
        lens.showThenLoadDefault(copy);
        return;
      }
    } catch (IOException e) {
      Failures.log(e);
    }
    lens.openDefault();
  }

  /** Once the model is there, the first sample is read; the user's next click is Step. */
  private void firstRun(MainView view) {
    view.prompt().fill(Sample.all().getFirst());
    lens.modelReadyProperty()
        .addListener(
            (o, before, now) -> {
              if (now && !before) {
                Platform.runLater(view.prompt()::run);
              }
            });
  }

  @Override
  public void stop() {
    lens.close();
    // ND4J's and the tokenizers' threads would keep the process alive.
    Runtime.getRuntime().halt(tour == null ? 0 : tour.exitCode());
  }
}
