package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.emslens.session.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tour as a process, on the default model, without a display. */
class TourTest {

  @Test
  void everyStopIsReachedAndPictured(@TempDir Path folder) throws Exception {
    GuiProcess.Result r = GuiProcess.run(folder, Map.of(), "--tour", folder.toString());
    assertEquals(0, r.code(), r.said());
    List<File> pictures = List.of(folder.toFile().listFiles((d, n) -> n.endsWith(".png")));
    assertEquals(20, pictures.size());
    for (File f : pictures) {
      BufferedImage image = ImageIO.read(f);
      Set<Integer> colours = new HashSet<>();
      for (int x = 0; x < image.getWidth(); x += 3) {
        for (int y = 0; y < image.getHeight(); y += 3) {
          colours.add(image.getRGB(x, y));
        }
      }
      assertTrue(colours.size() > 20, f + " is nearly blank");
    }
    assertTrue(Recording.read(folder.resolve("session.emslens")).steps().size() > 1);
  }
}
