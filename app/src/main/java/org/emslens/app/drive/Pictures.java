package org.emslens.app.drive;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.Scene;
import javafx.scene.SnapshotParameters;
import javafx.scene.paint.Color;
import javafx.stage.PopupWindow;
import javafx.stage.Window;
import org.emslens.app.controls.Png;

/** Pictures of a window as files, with the lists and tooltips that lie over it. */
final class Pictures {
  private Pictures() {}

  static void write(Scene scene, Path file) throws IOException {
    BufferedImage all = Png.image(scene.snapshot(null), BufferedImage.TYPE_INT_RGB);
    Graphics2D over = all.createGraphics();
    double left = scene.getWindow().getX() + scene.getX();
    double top = scene.getWindow().getY() + scene.getY();
    for (Window w : List.copyOf(Window.getWindows())) {
      if (w instanceof PopupWindow && w.isShowing() && w.getScene().getWidth() > 0) {
        SnapshotParameters clear = new SnapshotParameters();
        clear.setFill(Color.TRANSPARENT);
        BufferedImage above =
            Png.image(w.getScene().getRoot().snapshot(clear, null), BufferedImage.TYPE_INT_ARGB);
        over.drawImage(above, (int) (w.getX() - left), (int) (w.getY() - top), null);
      }
    }
    over.dispose();
    Png.write(all, file);
  }
}
