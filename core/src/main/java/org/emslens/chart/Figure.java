package org.emslens.chart;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.intermediate.CommandSequence;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.emslens.format.AtomicFile;

/** Something that can be drawn at its own size and saved as a picture. */
public interface Figure {
  int width();

  int height();

  void paint(Graphics2D g);

  /** Writes FOLDER/NAME.png (at twice its size, for sharp print) and FOLDER/NAME.svg. */
  default void write(Path folder, String name) throws IOException {
    writePng(folder.resolve(name + ".png"));
    writeSvg(folder.resolve(name + ".svg"));
  }

  /** As pixels, two for each unit of its size. */
  default void writePng(Path file) throws IOException {
    AtomicFile.write(file, out -> ImageIO.write(image(2), "png", out));
  }

  default void writeSvg(Path file) throws IOException {
    VectorGraphics2D g = new VectorGraphics2D();
    paint(g);
    CommandSequence commands = g.getCommands();
    PageSize page = new PageSize(0, 0, width(), height());
    AtomicFile.write(file, out -> new SVGProcessor().getDocument(commands, page).writeTo(out));
  }

  /** As pixels, `scale` for each unit of its size. */
  default BufferedImage image(double scale) {
    int w = (int) Math.round(width() * scale);
    int h = (int) Math.round(height() * scale);
    BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    g.scale(scale, scale);
    paint(g);
    g.dispose();
    return image;
  }
}
