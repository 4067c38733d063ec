package org.emslens.app.main;

import java.util.List;
import java.util.function.BooleanSupplier;
import javafx.beans.property.ObjectProperty;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Control;
import javafx.scene.control.MenuButton;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.stage.Stage;
import javafx.stage.Window;
import javafx.stage.WindowEvent;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Surface;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Said;
import org.emslens.app.settings.Appearance;
import org.emslens.app.timeline.FilmStrip;
import org.emslens.app.timeline.TimelineModel;

/**
 * The keyboard's shortcuts. Keys belong first to the control that has the focus; what it leaves
 * moves through the steps.
 */
final class Keys {
  /** A shortcut, as it is listed for the user. */
  record Shortcut(String keys, String does) {}

  static final List<Shortcut> ALL =
      List.of(
          new Shortcut("Ctrl+Enter", "say the next turn of a chat; else run what the page is for"),
          new Shortcut("Ctrl+Shift+Enter", "run the prompt as a new one"),
          new Shortcut("Ctrl+G", "generate"),
          new Shortcut("Esc", "put a question away; else leave full screen; else stop what runs"),
          new Shortcut("Left, Right", "one step back, one on; beyond the last, generate"),
          new Shortcut("Home, End", "to the end of the prompt, to the last step"),
          new Shortcut("Space", "play and pause"),
          new Shortcut("Ctrl+O, Ctrl+S", "open, save"),
          new Shortcut("Ctrl+Shift+S", "save a picture of what the window shows"),
          new Shortcut("Ctrl+Z, Ctrl+Shift+Z", "take a change of settings back, make it again"),
          new Shortcut("Ctrl+F", "find in the context; Enter for the next"),
          new Shortcut("Ctrl+1 to Ctrl+5", "Inspect, Compare, Sweep, Needle, Models"),
          new Shortcut("Ctrl+plus, minus, 0", "larger text, smaller, as designed"),
          new Shortcut("F11", "full screen"),
          new Shortcut("Tab", "to the next control or picture; in a picture, arrows move"),
          new Shortcut("Enter, Space", "in a picture of tokens: pin the token"),
          new Shortcut("Ctrl+Tab", "a tab character in the prompt"),
          new Shortcut("Ctrl+Q", "quit"),
          new Shortcut("F1", "this list"));

  private final Node root;
  private final Lens lens;
  private final Commands commands;
  private final TimelineModel timeline;
  private final ObjectProperty<Page> page;
  private final InspectView inspect;
  private final ShortcutsView shortcuts;
  private final Appearance appearance;
  private final Runnable run;
  private final Runnable anew;
  private final BooleanSupplier cancel;
  private final Runnable turned;

  /** The button that the mouse has pressed last, or null. */
  private Node clicked;

  /**
   * @param run begins what the shown page is for, or goes on with it
   * @param anew begins it in any case
   * @param cancel ends what the shown page runs; tells whether there was anything
   * @param turned gives the focus to the page that is shown now
   */
  Keys(
      Node root,
      Lens lens,
      Commands commands,
      TimelineModel timeline,
      ObjectProperty<Page> page,
      InspectView inspect,
      ShortcutsView shortcuts,
      Appearance appearance,
      Runnable run,
      Runnable anew,
      BooleanSupplier cancel,
      Runnable turned) {
    this.root = root;
    this.lens = lens;
    this.commands = commands;
    this.timeline = timeline;
    this.page = page;
    this.inspect = inspect;
    this.shortcuts = shortcuts;
    this.appearance = appearance;
    this.run = run;
    this.anew = anew;
    this.cancel = cancel;
    this.turned = turned;
    root.addEventFilter(MouseEvent.MOUSE_PRESSED, e -> clicked = button(e.getTarget()));
    root.addEventFilter(KeyEvent.KEY_PRESSED, this::shortcut);
    root.addEventHandler(KeyEvent.KEY_PRESSED, this::left);
  }

  /** A closed menu's button keeps Esc for itself, which it has nothing to do with. */
  private void shortcut(KeyEvent e) {
    boolean kept = e.getTarget() instanceof MenuButton m && !m.isShowing();
    Runnable action =
        kept && e.getCode() == KeyCode.ESCAPE
            ? this::escape
            : e.isShortcutDown() ? withControl(e) : alone(e.getCode());
    if (action == null && isPressed(e)) {
      action = wasClicked(e) ? moving(e.getCode()) : stepping(e.getCode());
    } else if (action == null && isClosedList(e)) {
      action = moving(e.getCode());
    }
    if (action != null) {
      action.run();
      e.consume();
    }
  }

  /** Whether a button has the focus, which would lead on to the next one with the arrows. */
  private boolean isPressed(KeyEvent e) {
    boolean chosen = e.getTarget() instanceof ToggleButton t && t.getToggleGroup() != null;
    return e.getTarget() instanceof ButtonBase && !chosen && isSteps(e);
  }

  /** Whether the focus came with the mouse: who goes by keyboard presses buttons with Space. */
  private boolean wasClicked(KeyEvent e) {
    return e.getTarget() == clicked && !clicked.isFocusVisible();
  }

  private static Node button(Object target) {
    Node n = target instanceof Node t ? t : null;
    while (n != null && !(n instanceof ButtonBase)) {
      n = n.getParent();
    }
    return n;
  }

  /** Whether a list has the focus that is not open, which uses nothing but up and down. */
  private boolean isClosedList(KeyEvent e) {
    return e.getTarget() instanceof ComboBox<?> c && !c.isShowing() && isSteps(e);
  }

  private boolean isSteps(KeyEvent e) {
    return page.get() == Page.INSPECT && !e.isShortcutDown() && !e.isAltDown();
  }

  private Runnable moving(KeyCode code) {
    return code == KeyCode.SPACE
        ? () -> timeline.playingProperty().set(!timeline.playingProperty().get())
        : stepping(code);
  }

  private Runnable stepping(KeyCode code) {
    return switch (code) {
      case RIGHT -> timeline::forward;
      case LEFT -> timeline::back;
      case HOME -> timeline::first;
      case END -> timeline::last;
      default -> null;
    };
  }

  private Runnable withControl(KeyEvent e) {
    boolean typing =
        e.getTarget() instanceof TextInputControl
            && !(e.getTarget() instanceof NumberField<?> f && f.isUnchanged());
    return switch (e.getCode()) {
      case ENTER -> e.isShiftDown() ? anew : run;
      case G -> page.get() == Page.INSPECT ? this::generate : null;
      case Q -> this::quit;
      case S -> e.isShiftDown() ? commands::savePicture : commands::save;
      case O -> commands::open;
      case F -> page.get() == Page.INSPECT ? inspect::find : null;
      case Z -> typing ? null : e.isShiftDown() ? commands::redo : commands::undo;
      case Y -> typing ? null : commands::redo;
      case PLUS, ADD, EQUALS -> appearance::larger;
      case MINUS, SUBTRACT -> appearance::smaller;
      case DIGIT0, NUMPAD0 -> appearance::asDesigned;
      case DIGIT1, DIGIT2, DIGIT3, DIGIT4, DIGIT5 ->
          () -> {
            page.set(Page.values()[e.getCode().ordinal() - KeyCode.DIGIT1.ordinal()]);
            turned.run();
          };
      default -> null;
    };
  }

  private Runnable alone(KeyCode code) {
    return switch (code) {
      case F1 -> shortcuts::toggle;
      case F11 -> this::fullScreen;
      default -> null;
    };
  }

  private void generate() {
    if (root.lookup("#generate") instanceof Button b && !b.isDisabled()) {
      b.fire();
    }
  }

  /** As if by the window's own button: what would be lost is asked about. */
  private void quit() {
    Window window = root.getScene().getWindow();
    window.fireEvent(new WindowEvent(window, WindowEvent.WINDOW_CLOSE_REQUEST));
  }

  private void fullScreen() {
    if (root.getScene().getWindow() instanceof Stage s) {
      s.setFullScreenExitKeyCombination(KeyCombination.NO_MATCH);
      s.setFullScreenExitHint("F11 or Esc leaves the full screen");
      s.setFullScreen(!s.isFullScreen());
    }
  }

  private boolean leaveFullScreen() {
    boolean full = root.getScene().getWindow() instanceof Stage s && s.isFullScreen();
    if (full) {
      fullScreen();
    }
    return full;
  }

  /** What nobody below has taken. */
  private void left(KeyEvent e) {
    if (e.getCode() == KeyCode.ESCAPE) {
      escape();
      e.consume();
      return;
    }
    if (!isSteps(e) || ownsKeys(e)) {
      return;
    }
    Runnable action = moving(e.getCode());
    if (action != null) {
      action.run();
      e.consume();
    }
  }

  /** Whether arrows and Space belong to what has the focus, though it did nothing with them. */
  private static boolean ownsKeys(KeyEvent e) {
    Object target = e.getTarget();
    if (target instanceof ButtonBase) {
      return e.getCode() == KeyCode.SPACE;
    }
    boolean holder = target instanceof ScrollPane || target instanceof SplitPane;
    boolean picture = target instanceof Surface && !(target instanceof FilmStrip);
    return picture && e.getCode() == KeyCode.SPACE || target instanceof Control && !holder;
  }

  private void escape() {
    if (shortcuts.isVisible()) {
      shortcuts.toggle();
    } else if (lens.said().noticeProperty().get() != null) {
      lens.said().dismiss();
    } else if (!leaveFullScreen() && !cancel.getAsBoolean()) {
      lens.said().say(Said.Subject.OTHER, "Nothing runs on this page");
    }
  }
}
