package org.emslens.app.settings;

/**
 * How large the window is.
 *
 * @param width of its content, in pixels, likewise height; where it fills the screen, as it was
 *     before
 * @param maximized whether it fills the screen
 */
public record WindowSize(double width, double height, boolean maximized) {
  /** As designed. */
  public static final WindowSize USUAL = of(1440, 900);

  public static WindowSize of(double width, double height) {
    return new WindowSize(width, height, false);
  }
}
