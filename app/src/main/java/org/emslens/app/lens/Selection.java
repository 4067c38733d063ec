package org.emslens.app.lens;

import javafx.beans.property.IntegerProperty;
import javafx.beans.property.SimpleIntegerProperty;

/** What the user looks at; every region follows it and may change it. */
public final class Selection {
  private final IntegerProperty step = new SimpleIntegerProperty(this, "step", 0);
  private final IntegerProperty layer = new SimpleIntegerProperty(this, "layer", 0);
  private final IntegerProperty head = new SimpleIntegerProperty(this, "head", 0);
  private final IntegerProperty token = new SimpleIntegerProperty(this, "token", -1);
  private final IntegerProperty pinned = new SimpleIntegerProperty(this, "pinned", -1);

  /** Index of the step that is shown. */
  public IntegerProperty stepProperty() {
    return step;
  }

  public IntegerProperty layerProperty() {
    return layer;
  }

  /** Query head within the layer. */
  public IntegerProperty headProperty() {
    return head;
  }

  /** Position of the source token under the mouse in whichever region, or -1. */
  public IntegerProperty tokenProperty() {
    return token;
  }

  /** Position of the source token that was pinned, or -1. */
  public IntegerProperty pinnedProperty() {
    return pinned;
  }

  /** Pins a token, or lets go of it where it is the pinned one. */
  public void togglePinned(int t) {
    pinned.set(t < 0 || t == pinned.get() ? -1 : t);
  }
}
