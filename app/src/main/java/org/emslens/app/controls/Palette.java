package org.emslens.app.controls;

import javafx.scene.paint.Color;

/**
 * Colours of what is drawn on canvases; what style sheets reach takes them from there. States are
 * the Okabe-Ito blue and orange, told apart by any eye.
 */
public record Palette(
    boolean dark,
    Color surface,
    Color text,
    Color muted,
    Color line,
    Color faint,
    Color accent,
    Color kept,
    Color merged,
    Color evicted,
    Color pinned,
    Color found) {

  public static final Palette LIGHT =
      new Palette(
          false,
          Color.WHITE,
          Color.web("#1f2328"),
          Color.web("#59636e"),
          Color.web("#d0d7de"),
          Color.web("#f3f5f7"),
          Color.web("#0969da"),
          Color.web("#0072B2"),
          Color.web("#E69F00"),
          Color.web("#6a737d"),
          Color.web("#CC79A7"),
          Color.web("#ffe27a"));

  public static final Palette DARK =
      new Palette(
          true,
          Color.web("#0d1117"),
          Color.web("#e6edf3"),
          Color.web("#8b949e"),
          Color.web("#30363d"),
          Color.web("#161b22"),
          Color.web("#58a6ff"),
          Color.web("#3d9fd6"),
          Color.web("#E69F00"),
          Color.web("#8b949e"),
          Color.web("#CC79A7"),
          Color.web("#6b5900"));
}
