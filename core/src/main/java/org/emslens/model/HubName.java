package org.emslens.model;

import java.nio.file.Path;

/**
 * What a repository of the model hub is called, from a folder that is named after it: the hub's own
 * cache keeps `models--org--name/snapshots/REVISION`, this program `org--name`.
 */
public final class HubName {
  /** Levels that the hub's cache has below the name. */
  private static final int DEEP = 3;

  private HubName() {}

  /** `org/name` after the nearest of a folder and those around it, or null where none has such. */
  public static String of(Path folder) {
    Path at = folder.toAbsolutePath().normalize();
    for (int i = 0; i < DEEP && at != null && at.getFileName() != null; i++) {
      String name = at.getFileName().toString().replaceFirst("^models--", "");
      // Within a repository's copy there may be folders, whose names are nobody's.
      if (name.matches("[\\w.-]*\\w--\\w[\\w.-]*")) {
        return name.replaceFirst("--", "/");
      }
      at = at.getParent();
    }
    return null;
  }
}
