package org.emslens.app.main;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.geometry.Rectangle2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.stage.Screen;
import javafx.stage.Stage;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.drive.Driver;
import org.emslens.app.drive.Script;
import org.emslens.app.drive.ScriptedDialogs;
import org.emslens.app.drive.Target;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Notice;
import org.emslens.app.lens.Said;
import org.emslens.app.prompt.PromptModel;
import org.emslens.app.prompt.Sample;
import org.emslens.app.settings.Appearance;
import org.emslens.app.settings.AppearanceFile;
import org.emslens.app.settings.WindowSize;
import org.emslens.cache.TokenState;
import org.emslens.cli.Failures;
import org.emslens.session.Recording;
import org.emslens.session.Run;

/** One window from its opening to its end: what it shows first, and what ends it. */
public final class LensWindow implements Target {
  private static final double LEAST_WIDTH = 1024;

  /** Pixels that a desktop puts around a window, or above it, about. */
  private static final double FRAME = 40;

  private static final double LEAST_HEIGHT = 640;

  private final Stage stage;
  private final Options options;
  private final Consumer<String> ended;
  private final Lens lens = new Lens(Platform::runLater);
  private final Appearance appearance = new Appearance();
  private final MainView view;
  private Driver driver;
  private Path temporary;

  /**
   * How a window is opened.
   *
   * @param size at first, or null for that which it was left in
   * @param file a model or a recording to open, or null
   * @param device what it computes with, or null for what was chosen last
   * @param script what it is taken through, or null
   * @param out where that leaves pictures
   * @param settings what it remembers from one start to the next, or null
   */
  public record Options(
      WindowSize size, Path file, String device, Script script, Path out, Path settings) {}

  /**
   * @param ended told null, or which action of the script failed, once the window has closed
   */
  public LensWindow(Stage stage, Options options, Consumer<String> ended) {
    this.stage = stage;
    this.options = options;
    this.ended = ended;
    recall();
    ScriptedDialogs scripted = options.script() == null ? null : new ScriptedDialogs();
    view = new MainView(lens, appearance, scripted == null ? FileDialogs.platform() : scripted);
    stage
        .titleProperty()
        .bind(
            Bindings.createStringBinding(
                this::title,
                view.prompt().lines().nameBinding(),
                lens.models().modelProperty(),
                lens.runProperty()));
    if (options.size() != null) {
      appearance.sizeProperty().set(options.size());
    }
    WindowSize size = appearance.sizeProperty().get();
    Rectangle2D screen = Screen.getPrimary().getVisualBounds();
    boolean free = options.script() != null;
    stage.setScene(
        new Scene(
            view,
            free ? size.width() : Math.min(size.width(), screen.getWidth() - FRAME),
            free ? size.height() : Math.min(size.height(), screen.getHeight() - FRAME)));
    stage.setMaximized(size.maximized());
    stage.setMinWidth(free ? LEAST_WIDTH : Math.min(LEAST_WIDTH, screen.getWidth()));
    stage.setMinHeight(free ? LEAST_HEIGHT : Math.min(LEAST_HEIGHT, screen.getHeight()));
    stage.setOnCloseRequest(
        e -> {
          e.consume();
          view.close(this::closed);
        });
    if (scripted != null) {
      driver = new Driver(this, options.script(), options.out(), scripted, this::driven);
    }
  }

  /** What is shown, and by which model, for those who have several windows. */
  private String title() {
    Run run = lens.runProperty().get();
    String model = run == null ? lens.models().title() : run.model();
    return Stream.of(view.prompt().lines().nameBinding().get(), model, "EMS Lens")
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" – "));
  }

  private void recall() {
    if (options.settings() != null) {
      try {
        AppearanceFile.read(options.settings(), appearance);
      } catch (IOException e) {
        Failures.log(e);
      }
    }
  }

  /** Shows it, with what it was opened for. */
  public void show() {
    lens.models()
        .deviceProperty()
        .set(options.device() == null ? appearance.deviceProperty().get() : options.device());
    if (options.device() == null) {
      appearance.deviceProperty().bind(lens.models().deviceProperty());
    }
    stage.show();
    view.focusPage();
    if (options.script() == null) {
      keepOnScreen();
    }
    if (options.file() == null) {
      firstStart();
    } else if (options.file().toString().endsWith(Recording.ENDING)) {
      lens.openRecording(options.file(), this::openItsModel, this::openTheUsual);
    } else {
      if (Openings.isText(options.file())) {
        lens.openDefault();
      }
      view.open(options.file());
    }
    if (driver != null) {
      driver.start();
    }
  }

  /** How much a desktop puts around a window is known only once it is there. */
  private void keepOnScreen() {
    Rectangle2D screen = Screen.getPrimary().getVisualBounds();
    WindowSize size = appearance.sizeProperty().get();
    if (size.maximized()
        || size.width() + FRAME <= screen.getWidth()
            && size.height() + FRAME <= screen.getHeight()) {
      return;
    }
    stage.setWidth(Math.clamp(stage.getWidth(), stage.getMinWidth(), screen.getWidth()));
    stage.setHeight(Math.clamp(stage.getHeight(), stage.getMinHeight(), screen.getHeight()));
    stage.setX(Math.clamp(stage.getX(), screen.getMinX(), screen.getMaxX() - stage.getWidth()));
    stage.setY(Math.clamp(stage.getY(), screen.getMinY(), screen.getMaxY() - stage.getHeight()));
  }

  /**
   * What the program does can be seen while the model is on its way; then the first sample is read,
   * and the user's next click is Step.
   */
  private void firstStart() {
    PromptModel prompt = view.prompt();
    Sample first = prompt.samples().getFirst();
    showRecording(
        () -> {
          if (lens.models().modelProperty().get() == null) {
            prompt.fill(first);
          }
        });
    prompt.fill(first);
    lens.models()
        .modelProperty()
        .addListener(
            (o, before, now) -> {
              boolean untouched =
                  first.equals(prompt.sampleProperty().get()) && !prompt.editedProperty().get();
              if (before == null && untouched) {
                prompt.run();
                view.focusSteps();
              }
            });
    lens.openDefault();
  }

  /** The copy is read and gone before long, but the window may be closed before that. */
  private void showRecording(Runnable then) {
    try (InputStream in = Sample.recording()) {
      if (in == null) {
        return;
      }
      Path copy = Files.createTempFile("emslens", Recording.ENDING);
      temporary = copy;
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      lens.openMeanwhile(
          copy,
          () -> {
            forget();
            then.run();
          });
    } catch (IOException e) {
      Failures.log(e);
    }
  }

  private void forget() {
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
        temporary = null;
      }
    } catch (IOException e) {
      Failures.log(e);
    }
  }

  private void openItsModel() {
    view.openModelOf(lens.runProperty().get().model());
  }

  /** Without the recording that was asked for there is still a model, and why is still said. */
  private void openTheUsual(String why) {
    view.prompt().fill(view.prompt().samples().getFirst());
    lens.openDefault();
    lens.said()
        .fail(
            Said.Subject.OTHER,
            why,
            List.of(new Notice.Answer("choose-file", "Choose a file …", view::chooseFile)));
  }

  @Override
  public Lens lens() {
    return lens;
  }

  @Override
  public Stage stage() {
    return stage;
  }

  @Override
  public void drop(Path file) {
    view.open(file);
  }

  @Override
  public boolean isCurrent() {
    return view.isCurrent();
  }

  @Override
  public void describe(ObjectNode state) {
    state.put("page", view.pageProperty().get().name().toLowerCase(Locale.ROOT));
    PromptModel p = view.prompt();
    state
        .putObject("prompt")
        .put("title", p.title())
        .put("text", p.textProperty().get())
        .put("chat", p.chatProperty().get())
        .put("afterwards", p.afterwardsProperty().get())
        .put("question", p.questionProperty().get())
        .put("system", p.systemProperty().get())
        .put("tokens", p.tokens());
    state.put("title", stage.getTitle());
    state.put("shown", p.lines().shownBinding().get());
    state
        .putObject("context")
        .put("text", view.inspect().context().shownText())
        .put("kept", view.inspect().context().count(TokenState.KEPT))
        .put("merged", view.inspect().context().count(TokenState.MERGED))
        .put("evicted", view.inspect().context().count(TokenState.EVICTED))
        .put("outOfReach", view.inspect().context().count(TokenState.OUT_OF_REACH))
        .put("sought", view.inspect().sought());
    state.put("repeated", view.inspect().isRepeated());
    state.put("playing", view.isPlaying());
    Node focus = stage.getScene().getFocusOwner();
    state.put("focus", focus == null ? null : focus.getId());
    state.put("theme", view.themeProperty().get().name().toLowerCase(Locale.ROOT));
    state.put("textSize", appearance.textProperty().get());
    state
        .putObject("window")
        .put("width", stage.getScene().getWidth())
        .put("height", stage.getScene().getHeight());
  }

  /** A fault of ours: into the log, and in a sentence on screen. */
  public void unexpected(Throwable e) {
    Failures.log(e);
    lens.said().fail(Said.Subject.OTHER, Failures.sentence(e));
  }

  private void driven(String failure) {
    if (failure == null) {
      lens.files().whenWritten(() -> end(null), () -> end("a file was not written"));
    } else {
      end(failure);
    }
  }

  private void closed() {
    remember();
    stage.hide();
    if (driver != null) {
      driver.windowClosed();
    } else {
      end(null);
    }
  }

  private void remember() {
    if (options.settings() != null) {
      WindowSize before = appearance.sizeProperty().get();
      boolean filling = stage.isMaximized() || stage.isFullScreen();
      appearance
          .sizeProperty()
          .set(
              new WindowSize(
                  filling ? before.width() : stage.getScene().getWidth(),
                  filling ? before.height() : stage.getScene().getHeight(),
                  stage.isMaximized()));
      try {
        AppearanceFile.write(options.settings(), appearance);
      } catch (IOException e) {
        Failures.log(e);
      }
    }
  }

  private void end(String failure) {
    lens.close();
    forget();
    stage.hide();
    ended.accept(failure);
  }
}
