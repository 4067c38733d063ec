package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.emslens.app.drive.Script;
import org.emslens.app.main.LensWindow;
import org.emslens.app.settings.WindowSize;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** Windows that scripts are taken through, one after the other. */
abstract class DrivenWindow {
  private static final WindowSize SIZE = WindowSize.of(1280, 800);

  static final Path FLOWS = Path.of("src", "test", "resources", "flows");

  @TempDir Path folder;

  @BeforeAll
  static void toolkit() throws Exception {
    FxToolkit.registerPrimaryStage();
    Platform.setImplicitExit(false);
  }

  /** The scripts of a folder. */
  static Stream<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    }
  }

  final void nothingHalfIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.filter(f -> f.toString().endsWith(".part")).toList());
    }
  }

  final Path write(String script) throws IOException {
    return Files.writeString(folder.resolve("script.yaml"), script);
  }

  /** Takes a new window through a script; tells null, or what failed. */
  final String drive(Path flow, Path file) throws Exception {
    return driveIn(new LensWindow.Options(SIZE, file, null, null, folder, null), flow);
  }

  /** The same with a window that is opened otherwise. */
  final String driveIn(LensWindow.Options how, Path flow) throws Exception {
    String text = Files.readString(flow).replace("$OUT", folder.toString());
    Script script = Script.parse(flow, text.getBytes(StandardCharsets.UTF_8));
    CompletableFuture<String> ended = new CompletableFuture<>();
    Platform.runLater(
        () -> {
          try {
            new LensWindow(
                    new Stage(),
                    new LensWindow.Options(
                        how.size(), how.file(), how.device(), script, folder, how.settings()),
                    ended::complete)
                .show();
          } catch (RuntimeException e) {
            ended.completeExceptionally(e);
          }
        });
    String failure = ended.get(3, TimeUnit.MINUTES);
    // What was thrown while events were handled is this flow's, not the next test's.
    try {
      WaitForAsyncUtils.checkException();
    } catch (Throwable thrown) {
      throw new AssertionError(flow + " threw", thrown);
    }
    return failure;
  }
}
