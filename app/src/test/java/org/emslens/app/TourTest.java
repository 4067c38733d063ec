package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.emslens.app.main.Launcher;
import org.emslens.session.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tour as a process, on the default model, without a display. */
class TourTest {

  @Test
  void everyStopIsReachedAndPictured(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("log.txt");
    ProcessBuilder b =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx4g",
                "-Dorg.bytedeco.javacpp.maxbytes=8g",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=16g",
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                "gui",
                "--tour",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    b.environment().remove("DISPLAY");
    b.environment().remove("WAYLAND_DISPLAY");
    assertEquals(0, b.start().waitFor(), Files.readString(log));
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
