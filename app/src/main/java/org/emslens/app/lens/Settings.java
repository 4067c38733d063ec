package org.emslens.app.lens;

import java.util.ArrayDeque;
import java.util.Deque;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Sampling;

/** What the user chose, with what was chosen before and can be had back. */
public final class Settings {
  /** Changes that follow one another faster are one, as when a thumb is dragged. */
  private static final long ONE_GESTURE_NANOS = 600_000_000;

  private final ObjectProperty<CacheChoice> choice =
      new SimpleObjectProperty<>(this, "choice", CacheChoice.DEFAULT);
  private final ObjectProperty<Sampling> sampling =
      new SimpleObjectProperty<>(this, "sampling", Sampling.GREEDY);
  private final Deque<State> undo = new ArrayDeque<>();
  private final Deque<State> redo = new ArrayDeque<>();
  private final BooleanProperty canUndo = new SimpleBooleanProperty(this, "canUndo");
  private final BooleanProperty canRedo = new SimpleBooleanProperty(this, "canRedo");
  private final BooleanProperty ahead = new SimpleBooleanProperty(this, "ahead");
  private Runnable changed = () -> {};
  private boolean quiet;

  /** Whether the user has chosen anything yet. */
  private boolean chosen;

  private long last;

  private record State(CacheChoice choice, Sampling sampling) {}

  Settings() {
    choice.addListener((o, before, now) -> changed(new State(before, sampling.get())));
    sampling.addListener((o, before, now) -> changed(new State(choice.get(), before)));
  }

  /** Called after every change that the user made. */
  void onChange(Runnable what) {
    changed = what;
  }

  private void changed(State before) {
    if (quiet) {
      return;
    }
    chosen = true;
    long now = System.nanoTime();
    if (undo.isEmpty() || now - last > ONE_GESTURE_NANOS) {
      undo.push(before);
    }
    last = now;
    redo.clear();
    tell();
    changed.run();
  }

  /** Settings that come with what was opened: not the user's, and no change to be undone. */
  void take(CacheChoice c, Sampling s) {
    quietly(new State(c, s));
    undo.clear();
    redo.clear();
    tell();
  }

  /**
   * Settings that come with something that is carried out anyway: a change that can be taken back.
   *
   * @return whether they are others than before
   */
  boolean move(CacheChoice c, Sampling s) {
    State before = new State(choice.get(), sampling.get());
    State now = new State(c, s);
    if (now.equals(before)) {
      return false;
    }
    undo.push(before);
    redo.clear();
    last = 0;
    quietly(now);
    tell();
    return true;
  }

  /** Whether the user has chosen anything that could be missed. */
  boolean areChosen() {
    return chosen;
  }

  /** How a run's tokens are to be chosen: as they are, where what was chosen is for the next. */
  Sampling samplingOf(Run shown) {
    return ahead.get() ? shown.sampling() : sampling.get();
  }

  /** Shows what is, where something else was chosen; what can be taken back stays. */
  void follow(Run shown) {
    State now = new State(shown.choice(), ahead.get() ? sampling.get() : shown.sampling());
    quietly(now);
    while (now.equals(undo.peek())) {
      undo.pop();
    }
    tell();
  }

  private void quietly(State s) {
    quiet = true;
    try {
      choice.set(s.choice);
      sampling.set(s.sampling);
    } finally {
      quiet = false;
    }
  }

  /** Takes the last change back; nothing where there is none. */
  public void undo() {
    move(undo, redo);
  }

  /** Makes the last change that was taken back again. */
  public void redo() {
    move(redo, undo);
  }

  private void move(Deque<State> from, Deque<State> to) {
    State now = new State(choice.get(), sampling.get());
    if (!from.isEmpty()) {
      to.push(now);
      quietly(from.pop());
      last = 0;
      changed.run();
    }
    tell();
  }

  private void tell() {
    canUndo.set(!undo.isEmpty());
    canRedo.set(!redo.isEmpty());
  }

  public CacheChoice choice() {
    return choice.get();
  }

  public Sampling sampling() {
    return sampling.get();
  }

  /** Policy, switches and budget; setting it re-plans. */
  public ObjectProperty<CacheChoice> choiceProperty() {
    return choice;
  }

  /** How tokens are chosen; setting it generates again, or is for the next prompt. */
  public ObjectProperty<Sampling> samplingProperty() {
    return sampling;
  }

  /**
   * Whether another prompt is written than the one whose run is shown: how tokens are chosen is
   * then meant for its run. What the cache keeps changes what is shown, in any case.
   */
  public BooleanProperty aheadProperty() {
    return ahead;
  }

  public ReadOnlyBooleanProperty canUndoProperty() {
    return canUndo;
  }

  public ReadOnlyBooleanProperty canRedoProperty() {
    return canRedo;
  }
}
