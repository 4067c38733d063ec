package org.emslens.app.controls;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.PixelReader;
import javafx.scene.image.WritableImage;
import javax.imageio.ImageIO;
import org.emslens.format.AtomicFile;

/** What was painted, as files. */
public final class Png {
  private Png() {}

  /**
   * The pixels, to be drawn over or written on any thread.
   *
   * @param type one of `BufferedImage`'s
   */
  public static BufferedImage image(WritableImage image, int type) {
    int w = (int) image.getWidth();
    int h = (int) image.getHeight();
    BufferedImage out = new BufferedImage(w, h, type);
    PixelReader reader = image.getPixelReader();
    int[] row = new int[w];
    for (int y = 0; y < h; y++) {
      reader.getPixels(0, y, w, 1, PixelFormat.getIntArgbInstance(), row, 0, w);
      out.setRGB(0, y, w, 1, row, 0, w);
    }
    return out;
  }

  /** Writes to a temporary name, then moves. */
  public static void write(BufferedImage image, Path file) throws IOException {
    AtomicFile.write(
        file,
        stream -> {
          if (!ImageIO.write(image, "png", stream)) {
            throw new IOException("No PNG can be written by this Java.");
          }
        });
  }
}
