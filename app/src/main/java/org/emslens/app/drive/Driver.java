package org.emslens.app.drive;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Consumer;
import javafx.animation.AnimationTimer;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.MouseEvent;
import javafx.stage.Window;
import javafx.stage.WindowEvent;
import org.emslens.app.drive.Script.Action;
import org.emslens.cli.Failures;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;

/**
 * Takes a window through a script by its own events, as a user would, and tells how far it came.
 * What an action needs is waited for; what does not come in time is a failure.
 */
public final class Driver {
  private static final double PATIENCE_SECONDS = 8;
  private static final double PATIENCE_FOR_JOBS_SECONDS = 600;
  private static final double WHEEL_PIXELS = 40;
  private static final int STILL_BEATS = 4;

  private final Target window;
  private final Path out;
  private final ScriptedDialogs dialogs;
  private final Deque<Action> actions;
  private final Consumer<String> ended;
  private final Finder finder;
  private final Keyboard keyboard;

  /** A beat a picture: a busy screen delays the next one rather than bring two at once. */
  private final AnimationTimer clock =
      new AnimationTimer() {
        @Override
        public void handle(long now) {
          beat();
        }
      };

  private final Deque<Runnable> beats = new ArrayDeque<>();
  private Action now;

  /** Whether the action is performed but for beats that are left of it. */
  private boolean done;

  private long begun;
  private double waited;

  /** Whether the action is tried for the first time. */
  private boolean first;

  private boolean finished;
  private int still;

  /**
   * @param out folder for pictures and states
   * @param ended told null, or which action failed and why; once
   */
  public Driver(
      Target window, Script script, Path out, ScriptedDialogs dialogs, Consumer<String> ended) {
    this.window = window;
    this.out = out;
    this.dialogs = dialogs;
    this.actions = new ArrayDeque<>(script.actions());
    this.ended = ended;
    finder = new Finder(window.scene());
    keyboard = new Keyboard(window.scene());
  }

  public void start() {
    window.stage().requestFocus();
    clock.start();
  }

  /** Is told that the window has closed, which is a failure unless the script asked for it last. */
  public void windowClosed() {
    boolean asked = now != null && now.name().equals("close") && actions.isEmpty();
    finish(asked ? null : "the window closed before the script had ended");
  }

  private void beat() {
    try {
      if (!beats.isEmpty()) {
        beats.poll().run();
        return;
      }
      if (done) {
        now = null;
        done = false;
      }
      if (now == null) {
        now = actions.poll();
        begun = System.nanoTime();
        first = true;
        still = 0;
        if (now == null) {
          finish(null);
          return;
        }
      }
      if (!window.stage().isFocused() && Window.getWindows().size() == 1) {
        window.stage().requestFocus();
      }
      waited = (System.nanoTime() - begun) / 1e9;
      String missing = perform(now);
      first = false;
      if (missing == null) {
        done = true;
      } else if (waited
          > (now.name().equals("wait") ? PATIENCE_FOR_JOBS_SECONDS : PATIENCE_SECONDS)) {
        finish(missing);
      }
    } catch (IOException | RuntimeException e) {
      Failures.log(e);
      finish(Failures.sentence(e));
    }
  }

  private void finish(String failure) {
    if (finished) {
      return;
    }
    finished = true;
    clock.stop();
    Action at = now;
    ended.accept(
        failure == null || at == null
            ? failure
            : "action " + at.number() + " (" + at + ") failed: " + failure);
  }

  /** Does an action, or tells what it still waits for. */
  private String perform(Action a) throws IOException {
    return switch (a.name()) {
      case "wait" -> waitFor(a);
      case "click" -> at(a, a.text(null), a.more().path("at"), (n, p) -> click(n, p, a));
      case "hover" -> at(a, a.text("over"), a.value().path("at"), (n, p) -> hover(n, p));
      case "wheel" ->
          at(
              a,
              a.text("over"),
              a.value().path("at"),
              (n, p) -> wheel(n, p, a.value().path("by").asDouble(1)));
      case "drag" -> at(a, a.text("from"), a.value().path("at"), (n, p) -> drag(n, p, a));
      case "choose" -> choose(a);
      case "type" -> type(a.text(null));
      case "key" -> {
        keyboard.press(a.text(null));
        yield null;
      }
      case "drop", "open" -> open(a, "#open");
      case "save" -> open(a, "#save");
      case "answer" -> {
        dialogs.answer(file(a));
        yield null;
      }
      case "resize" -> resize(a);
      case "snapshot" -> {
        Pictures.write(window.scene(), out.resolve(a.text(null) + ".png"));
        yield null;
      }
      case "state" -> state(a);
      case "expect" -> expect(a);
      case "close" -> close();
      default -> throw new IllegalArgumentException("there is no such action");
    };
  }

  private String waitFor(Action a) {
    if (a.value().isNumber()) {
      return waited >= a.value().asDouble() ? null : "the time has not passed";
    }
    if (!a.text(null).equals("idle")) {
      throw new IllegalArgumentException("expected 'idle' or a number of seconds");
    }
    boolean idle = window.lens().jobs().isIdle() && window.isCurrent();
    still = idle ? still + 1 : 0;
    return still >= STILL_BEATS
        ? null
        : "the window is not idle: "
            + window.lens().jobs().running().stream().map(j -> j.titleProperty().get()).toList();
  }

  private interface Touch {
    /**
     * @param at in the scene of the node
     */
    void at(Node touched, Point2D at);
  }

  private String at(Action a, String name, JsonNode place, Touch touch) {
    Node n = finder.find(name);
    if (n == null) {
      return "there is no '" + name + "' to be seen";
    }
    if (n.isDisabled()) {
      return "'" + name + "' is disabled";
    }
    window.scene().getRoot().layout();
    Point2D at = Finder.place(n, a.pair(place));
    Node touched;
    try {
      touched = Finder.touched(n, at);
    } catch (IllegalStateException e) {
      return "'" + name + "': " + e.getMessage();
    }
    touch.at(touched, touched.sceneToLocal(n.localToScene(at)));
    return null;
  }

  private static void hover(Node n, Point2D p) {
    Mouse.fire(n, MouseEvent.MOUSE_MOVED, p.getX(), p.getY());
  }

  private void click(Node n, Point2D p, Action a) {
    hover(n, p);
    int count = a.more().path("count").asInt(1);
    for (int i = 1; i <= count; i++) {
      Mouse.fire(n, MouseEvent.MOUSE_PRESSED, p.getX(), p.getY(), i);
      Mouse.fire(n, MouseEvent.MOUSE_RELEASED, p.getX(), p.getY(), i);
      Mouse.fire(n, MouseEvent.MOUSE_CLICKED, p.getX(), p.getY(), i);
    }
    pause();
  }

  private void wheel(Node n, Point2D p, double by) {
    hover(n, p);
    Mouse.wheel(n, p.getX(), p.getY(), by * WHEEL_PIXELS);
    pause();
  }

  private void drag(Node n, Point2D p, Action a) {
    double[] by = a.pair(a.value().path("by"));
    if (by == null) {
      throw new IllegalArgumentException("drag.by is missing; expected [dx, dy]");
    }
    Point2D scene = n.localToScene(p);
    hover(n, p);
    Mouse.fire(n, MouseEvent.MOUSE_PRESSED, p.getX(), p.getY());
    int parts = 8;
    for (int i = 1; i <= parts; i++) {
      double share = (double) i / parts;
      beats.add(
          () -> {
            Point2D at = n.sceneToLocal(scene.getX() + by[0] * share, scene.getY() + by[1] * share);
            Mouse.fire(n, MouseEvent.MOUSE_DRAGGED, at.getX(), at.getY());
          });
    }
    beats.add(
        () -> {
          Point2D at = n.sceneToLocal(scene.getX() + by[0], scene.getY() + by[1]);
          Mouse.fire(n, MouseEvent.MOUSE_RELEASED, at.getX(), at.getY());
        });
    pause();
  }

  private String choose(Action a) {
    String in = a.text("in");
    Node n = finder.find(in);
    if (n == null || n.isDisabled()) {
      return "'" + in + "' is " + (n == null ? "not to be seen" : "disabled");
    }
    String item = a.text("item");
    Chooser.open(n);
    pause();
    beats.add(() -> Chooser.pick(n, item));
    pause();
    return null;
  }

  /** Fields get their text at once; elsewhere the first key may move the focus. */
  private String type(String text) {
    boolean field = window.scene().getFocusOwner() instanceof TextInputControl;
    if (field) {
      text.chars().forEach(c -> keyboard.type((char) c));
    } else {
      text.chars()
          .forEach(
              c -> {
                beats.add(() -> keyboard.type((char) c));
                pause();
              });
    }
    pause();
    return null;
  }

  /** `$OUT` stands for the folder for pictures and states. */
  private Path file(Action a) {
    return Path.of(a.text(null).replace("$OUT", out.toString())).toAbsolutePath();
  }

  private String open(Action a, String button) {
    Path file = file(a);
    if (a.name().equals("drop")) {
      window.drop(file);
      return null;
    }
    Node n = finder.find(button);
    if (n == null || n.isDisabled()) {
      return "'" + button + "' is " + (n == null ? "not to be seen" : "disabled");
    }
    dialogs.answer(file);
    if (n instanceof javafx.scene.control.ButtonBase b) {
      b.fire();
    }
    pause();
    return null;
  }

  private String resize(Action a) {
    double[] size = a.pair(a.value());
    double frame = window.stage().getWidth() - window.scene().getWidth();
    double top = window.stage().getHeight() - window.scene().getHeight();
    window.stage().setWidth(size[0] + frame);
    window.stage().setHeight(size[1] + top);
    pause();
    pause();
    return null;
  }

  private String state(Action a) throws IOException {
    byte[] json =
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(WindowState.of(window));
    AtomicFile.write(out.resolve(a.text(null) + ".json"), o -> o.write(json));
    return null;
  }

  private String expect(Action a) {
    JsonNode state = WindowState.of(window);
    for (Map.Entry<String, JsonNode> e : a.value().properties()) {
      JsonNode found = state;
      for (String part : e.getKey().split("\\.")) {
        found = part.matches("[0-9]+") ? found.path(Integer.parseInt(part)) : found.path(part);
      }
      if (!same(found, e.getValue())) {
        return e.getKey()
            + " is "
            + (found.isMissingNode() ? "not there" : found)
            + "; expected "
            + e.getValue();
      }
    }
    return null;
  }

  /** Numbers are the same whatever their type; texts between slashes are patterns. */
  private static boolean same(JsonNode found, JsonNode wanted) {
    if (wanted.isNull()) {
      return found.isNull() || found.isMissingNode();
    }
    if (found.isNumber() && wanted.isNumber()) {
      return Math.abs(found.asDouble() - wanted.asDouble()) < 1e-9;
    }
    String text = wanted.asText();
    if (wanted.isTextual() && text.length() > 1 && text.startsWith("/") && text.endsWith("/")) {
      return found.asText().matches("(?s).*(?:" + text.substring(1, text.length() - 1) + ").*");
    }
    return found.equals(wanted);
  }

  private String close() {
    if (first) {
      window.stage().fireEvent(new WindowEvent(window.stage(), WindowEvent.WINDOW_CLOSE_REQUEST));
    }
    return !window.stage().isShowing() || window.lens().said().noticeProperty().get() != null
        ? null
        : "the window has not closed";
  }

  /** Lets what was done take effect before the next thing is done. */
  private void pause() {
    beats.add(() -> {});
  }
}
