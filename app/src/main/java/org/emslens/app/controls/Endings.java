package org.emslens.app.controls;

import java.nio.file.Path;
import java.util.Locale;

/** What files are called at their end. */
public final class Endings {
  private Endings() {}

  /** The file, with the ending of its kind added where it has another or none. */
  public static Path with(Path file, String ending) {
    String name = file.getFileName().toString();
    return name.toLowerCase(Locale.ROOT).endsWith(ending)
        ? file
        : file.resolveSibling(name + ending);
  }
}
