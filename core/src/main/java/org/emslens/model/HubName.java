package org.emslens.model;

import java.nio.file.Path;

/**
 * What a repository of the model hub is called, from a folder that is named after it: the hub's own
 * cache keeps `models--org--name/snapshots/REVISION`, this program `org--name`.
 */
public final class HubName {
  private static final String CACHED = "models--";

  private HubName() {}

  /**
   * `org/name` of a folder that is named so, or that lies below one of the hub's cache; null of any
   * other.
   */
  public static String of(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    for (Path at = whole; at != null && at.getFileName() != null; at = at.getParent()) {
      String name = at.getFileName().toString();
      if (name.startsWith(CACHED)) {
        return name.substring(CACHED.length()).replaceFirst("--", "/");
      }
    }
    String own = whole.getFileName() == null ? "" : whole.getFileName().toString();
    return own.matches("[\\w.-]*\\w--\\w[\\w.-]*") ? own.replaceFirst("--", "/") : null;
  }
}
