package org.emslens.app.drive;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.Scene;
import javafx.scene.SnapshotParameters;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.PixelReader;
import javafx.scene.image.WritableImage;
import javafx.scene.paint.Color;
import javafx.stage.PopupWindow;
import javafx.stage.Window;
import javax.imageio.ImageIO;
import org.emslens.format.AtomicFile;

/** Pictures of a window as files, with the lists and tooltips that lie over it. */
final class Pictures {
  private Pictures() {}

  static void write(Scene scene, Path file) throws IOException {
    BufferedImage all = picture(scene.snapshot(null), BufferedImage.TYPE_INT_RGB);
    Graphics2D over = all.createGraphics();
    double left = scene.getWindow().getX() + scene.getX();
    double top = scene.getWindow().getY() + scene.getY();
    for (Window w : List.copyOf(Window.getWindows())) {
      if (w instanceof PopupWindow && w.isShowing() && w.getScene().getWidth() > 0) {
        SnapshotParameters clear = new SnapshotParameters();
        clear.setFill(Color.TRANSPARENT);
        BufferedImage above =
            picture(w.getScene().getRoot().snapshot(clear, null), BufferedImage.TYPE_INT_ARGB);
        over.drawImage(above, (int) (w.getX() - left), (int) (w.getY() - top), null);
      }
    }
    over.dispose();
    AtomicFile.write(
        file,
        stream -> {
          if (!ImageIO.write(all, "png", stream)) {
            throw new IOException("No PNG can be written by this Java.");
          }
        });
  }

  private static BufferedImage picture(WritableImage image, int type) {
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
}
