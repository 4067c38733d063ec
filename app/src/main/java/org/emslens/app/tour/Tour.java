package org.emslens.app.tour;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.application.Platform;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.PixelReader;
import javafx.scene.image.WritableImage;
import javafx.scene.input.MouseEvent;
import javafx.util.Duration;
import javax.imageio.ImageIO;
import org.controlsfx.control.RangeSlider;
import org.emslens.app.heads.Encoding;
import org.emslens.app.main.Lens;
import org.emslens.app.main.MainView;
import org.emslens.app.main.Page;
import org.emslens.app.main.View;
import org.emslens.app.prompt.Sample;
import org.emslens.app.settings.Theme;
import org.emslens.cache.Policies;
import org.emslens.cli.Failures;
import org.emslens.session.Run;

/**
 * Drives the window as a user would, checks that each step really happened, and takes a picture
 * after each. Any failure ends it with exit code 1.
 */
public final class Tour {
  private static final Duration POLL = Duration.millis(100);
  private static final double PATIENCE_SECONDS = 90;
  private volatile int exitCode = 1;

  private final Lens lens;
  private final MainView view;
  private final Path folder;
  private final Deque<Stop> stops = new ArrayDeque<>();
  private final Timeline clock = new Timeline(new KeyFrame(POLL, e -> tick()));
  private int pictures;
  private Stop now;
  private double waited;
  private int settled;
  private Run before;

  /**
   * @param act done once, when the stop begins
   * @param reached when it has happened
   */
  private record Stop(String name, Runnable act, BooleanSupplier reached) {}

  public Tour(Lens lens, MainView view, Path folder) {
    this.lens = lens;
    this.view = view;
    this.folder = folder;
  }

  /** What the process should end with. */
  public int exitCode() {
    return exitCode;
  }

  public void start() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      fail("the folder " + folder + " cannot be made: " + e.getMessage());
      return;
    }
    plan();
    clock.setCycleCount(Timeline.INDEFINITE);
    clock.play();
  }

  private void plan() {
    Path saved = folder.resolve("session.emslens");
    add("empty", () -> {}, () -> true);
    add("model", lens::openDefault, () -> lens.modelReadyProperty().get());
    add(
        "prompt-read",
        () -> {
          view.prompt().fill(Sample.all().getFirst());
          this.<Button>find("run").fire();
        },
        () -> shown() != null && shown().step().plan() != null);
    add("head-picked", () -> pick(14, 4), () -> shown().layer() == 14 && shown().head() == 4);
    add("stepped", () -> press("step"), () -> shown().stepIndex() == 1);
    add(
        "generated",
        () -> press("generate"),
        () -> shown().stepIndex() > 4 && !lens.busyProperty().get());
    add(
        "token-hovered",
        () -> lens.selection().tokenProperty().set(mergedToken()),
        () -> lens.selection().tokenProperty().get() >= 0);
    add(
        "budget-moved",
        () -> {
          before = shown().run();
          this.<RangeSlider>find("budget").setHighValue(48);
        },
        () ->
            shown().run().choice().slotsFor(shown().promptTokens()) == 48
                && shown().run().steps().size() >= Math.min(before.steps().size(), 3)
                && !lens.busyProperty().get());
    add("back", () -> press("back"), () -> shown().stepIndex() < shown().run().steps().size() - 1);
    add(
        "sparsity",
        () -> this.<ComboBox<Encoding>>find("encoding").setValue(Encoding.SPARSITY),
        () -> view.atlas().encodingProperty().get() == Encoding.SPARSITY);
    add(
        "policy-streaming",
        () -> {
          view.atlas().encodingProperty().set(Encoding.ATTENTION);
          this.<ComboBox<Policies>>find("policy").setValue(Policies.STREAMING_LLM);
        },
        () ->
            shown().run().choice().policy() == Policies.STREAMING_LLM
                && !lens.busyProperty().get());
    add(
        "policy-ems",
        () -> {
          this.<ComboBox<Policies>>find("policy").setValue(Policies.EMS);
          this.<RangeSlider>find("budget").setHighValue(96);
        },
        () ->
            shown().run().choice().policy() == Policies.EMS
                && shown().run().choice().slotsFor(shown().promptTokens()) == 96
                && shown().run().steps().size() > 2
                && !lens.busyProperty().get());
    add(
        "compare",
        () -> {
          turn("compare");
          press("compare-add");
          press("compare-start");
        },
        () -> number("compare-steps") >= 24 && !lens.busyProperty().get());
    add(
        "compare-stepped",
        () -> press("compare-step"),
        () -> number("compare-steps") >= 25 && !lens.busyProperty().get());
    add(
        "sweep",
        () -> {
          turn("sweep");
          this.<TextField>find("sweep-tokens").setText("200");
          this.<TextField>find("sweep-continuation").setText("16");
          press("sweep-run");
        },
        () -> text("sweep-note").startsWith("24 of 24") && !lens.busyProperty().get());
    add(
        "needle",
        () -> {
          turn("needle");
          this.<TextField>find("needle-lengths").setText("200, 400");
          press("needle-run");
        },
        () -> text("needle-note").startsWith("24 of 24") && !lens.busyProperty().get());
    add(
        "needle-opened",
        () -> {
          before = shown().run();
          Mouse.fire(view.lookup(".needle-cell"), MouseEvent.MOUSE_CLICKED, 10, 10);
        },
        () ->
            view.pageProperty().get() == Page.INSPECT
                && shown().run() != before
                && !lens.busyProperty().get());
    add("dark", () -> press("theme"), () -> view.themeProperty().get() == Theme.DARK);
    add(
        "recording-reopened",
        () -> {
          before = shown().run();
          lens.save(saved);
        },
        () -> Files.isRegularFile(saved) && !lens.busyProperty().get() && reopen(saved));
    add("light", () -> press("theme"), () -> view.themeProperty().get() == Theme.LIGHT);
  }

  private boolean reopened;

  /** Opens the saved file once, then tells whether it is what is shown. */
  private boolean reopen(Path saved) {
    if (!reopened) {
      reopened = true;
      lens.open(saved);
      return false;
    }
    Run r = shown().run();
    return r != before
        && !r.canDecode()
        && r.steps().size() == before.steps().size()
        && r.generated(r.steps().size() - 1).equals(before.generated(before.steps().size() - 1));
  }

  private void add(String name, Runnable act, BooleanSupplier reached) {
    stops.add(new Stop(name, act, reached));
  }

  private View shown() {
    return lens.viewProperty().get();
  }

  private int mergedToken() {
    View v = shown();
    int[] hosts = v.hosts();
    for (int i = 1; i < hosts.length; i++) {
      if (hosts[i] >= 0 && hosts[i] != i) {
        return i;
      }
    }
    return 1;
  }

  @SuppressWarnings("unchecked")
  private <N extends Node> N find(String id) {
    Node n = view.lookup("#" + id);
    if (n == null) {
      throw new IllegalStateException("The window has no '" + id + "'.");
    }
    return (N) n;
  }

  private void press(String id) {
    Button b = find(id);
    if (b.isDisabled()) {
      throw new IllegalStateException("The button '" + id + "' is disabled.");
    }
    b.fire();
  }

  private void turn(String page) {
    this.<ToggleButton>find("page-" + page).fire();
  }

  private double number(String slider) {
    return this.<Slider>find(slider).getMax();
  }

  private String text(String label) {
    return this.<Label>find(label).getText();
  }

  private void pick(int layer, int head) {
    Point2D at = view.atlas().centre(layer, head);
    Mouse.fire(view.atlas(), MouseEvent.MOUSE_CLICKED, at.getX(), at.getY());
  }

  private void tick() {
    try {
      if (now == null) {
        now = stops.poll();
        if (now == null) {
          finish();
          return;
        }
        waited = 0;
        settled = 0;
        now.act().run();
      }
      waited += POLL.toSeconds();
      if (!lens.errorProperty().get().isEmpty()) {
        fail("'" + now.name() + "': " + lens.errorProperty().get());
      } else if (now.reached().getAsBoolean() && (shown() == null || view.heatmap().isCurrent())) {
        if (++settled > 3) {
          picture(now.name());
          now = null;
        }
      } else if (waited > PATIENCE_SECONDS) {
        fail("'" + now.name() + "' did not happen within " + (int) PATIENCE_SECONDS + " seconds.");
      }
    } catch (IOException | RuntimeException e) {
      Failures.log(e);
      fail("'" + now.name() + "': " + Failures.sentence(e));
    }
  }

  private void picture(String name) throws IOException {
    WritableImage image = view.getScene().snapshot(null);
    int w = (int) image.getWidth();
    int h = (int) image.getHeight();
    BufferedImage out = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    PixelReader reader = image.getPixelReader();
    int[] row = new int[w];
    for (int y = 0; y < h; y++) {
      reader.getPixels(0, y, w, 1, PixelFormat.getIntArgbInstance(), row, 0, w);
      out.setRGB(0, y, w, 1, row, 0, w);
    }
    Path file = folder.resolve(String.format(Locale.ROOT, "%02d-%s.png", ++pictures, name));
    ImageIO.write(out, "png", file.toFile());
    System.out.println(file);
  }

  private void finish() {
    clock.stop();
    exitCode = 0;
    Platform.exit();
  }

  private void fail(String why) {
    clock.stop();
    System.err.println("emslens: the tour failed at " + why);
    Platform.exit();
  }
}
