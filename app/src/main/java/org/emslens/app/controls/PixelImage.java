package org.emslens.app.controls;

import java.nio.IntBuffer;
import javafx.scene.image.Image;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;

/**
 * A picture made of an array of opaque ARGB pixels, which may be filled on any thread before this
 * is made.
 */
public final class PixelImage {
  private PixelImage() {}

  /**
   * @param argb rows of `width` pixels
   */
  public static Image of(int[] argb, int width, int height) {
    return new WritableImage(
        new PixelBuffer<>(
            width, height, IntBuffer.wrap(argb), PixelFormat.getIntArgbPreInstance()));
  }
}
