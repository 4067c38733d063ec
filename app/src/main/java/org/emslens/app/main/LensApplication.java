package org.emslens.app.main;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import org.emslens.cli.Failures;
import org.emslens.device.Devices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program with a window. */
public final class LensApplication extends Application {
  private static final Logger LOG = LoggerFactory.getLogger(LensApplication.class);

  /** JavaFX makes the application by itself; this is how it learns what was asked for. */
  private static LensWindow.Options options;

  private int exitCode;

  /**
   * Opens the window and returns when it has closed.
   *
   * @throws IllegalStateException in one sentence, where there is no screen
   */
  static void launch(LensWindow.Options asked) {
    options = asked;
    try {
      Application.launch(LensApplication.class);
    } catch (UnsupportedOperationException e) {
      throw new IllegalStateException(
          "A window cannot be opened ("
              + e.getMessage()
              + "): there is no screen, or, on Linux, one of the packages libgtk-3-0, libgl1, libxtst6 and libxxf86vm1 is missing; commands that need none are listed by 'emslens --help'.",
          e);
    }
  }

  @Override
  public void start(Stage stage) {
    // While ND4J starts, it walks through the libraries that are loaded; who loads one meanwhile
    // may
    // wait for it as it waits for them, for good (JavaCPP's addressof calls dlopen within
    // dl_iterate_phdr). The toolkit's for fonts come first.
    new Text("M").getLayoutBounds();
    // ND4J takes a second or two to start; the window is up meanwhile.
    Thread.ofPlatform().daemon().name("emslens-warm-up").start(LensApplication::warmUp);
    LensWindow window =
        new LensWindow(
            stage,
            options,
            failure -> {
              if (failure != null) {
                System.err.println("emslens: " + failure);
                exitCode = 1;
              }
              Platform.exit();
            });
    Thread.currentThread().setUncaughtExceptionHandler((t, e) -> unexpected(window, e));
    window.show();
    LOG.info("Window up after {} ms", ManagementFactory.getRuntimeMXBean().getUptime());
  }

  /**
   * JavaFX's headless screen, which is 1000 pixels high, faults by itself at taller windows and
   * goes on.
   */
  private static void unexpected(LensWindow window, Throwable e) {
    boolean headless =
        Arrays.stream(e.getStackTrace()).anyMatch(f -> f.getClassName().contains("headless"));
    if (headless) {
      Failures.log(e);
    } else {
      window.unexpected(e);
    }
  }

  private static void warmUp() {
    try {
      Devices.warmUp();
    } catch (RuntimeException e) {
      Failures.log(e);
    }
  }

  @Override
  public void stop() {
    // ND4J's and the tokenizers' threads would keep the process alive; nothing is being written.
    // The hooks take the toolkit's copies of fonts out of the temporary folder; they may hang in a
    // library that is still at work, and nobody should wait for that.
    Thread.ofPlatform().daemon().start(this::haltSoon);
    System.exit(exitCode);
  }

  private void haltSoon() {
    LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
    Runtime.getRuntime().halt(exitCode);
  }
}
