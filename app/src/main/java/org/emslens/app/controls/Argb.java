package org.emslens.app.controls;

import javafx.scene.paint.Color;

/** Opaque colours as pixels hold them, and as paints. */
public final class Argb {
  private Argb() {}

  public static int of(Color c) {
    return 0xFF000000
        | (int) Math.round(c.getRed() * 255) << 16
        | (int) Math.round(c.getGreen() * 255) << 8
        | (int) Math.round(c.getBlue() * 255);
  }

  public static Color paint(int argb) {
    return Color.rgb(argb >> 16 & 255, argb >> 8 & 255, argb & 255);
  }
}
