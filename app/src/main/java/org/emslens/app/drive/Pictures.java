package org.emslens.app.drive;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javafx.scene.Scene;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.PixelReader;
import javafx.scene.image.WritableImage;
import javax.imageio.ImageIO;
import org.emslens.format.AtomicFile;

/** Pictures of a window as files. */
final class Pictures {
  private Pictures() {}

  static void write(Scene scene, Path file) throws IOException {
    WritableImage image = scene.snapshot(null);
    int w = (int) image.getWidth();
    int h = (int) image.getHeight();
    BufferedImage out = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    PixelReader reader = image.getPixelReader();
    int[] row = new int[w];
    for (int y = 0; y < h; y++) {
      reader.getPixels(0, y, w, 1, PixelFormat.getIntArgbInstance(), row, 0, w);
      out.setRGB(0, y, w, 1, row, 0, w);
    }
    AtomicFile.write(
        file,
        stream -> {
          if (!ImageIO.write(out, "png", stream)) {
            throw new IOException("No PNG can be written by this Java.");
          }
        });
  }
}
