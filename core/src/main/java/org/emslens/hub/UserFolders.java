package org.emslens.hub;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where this platform keeps a user's caches and logs; EMSLENS_HOME puts both elsewhere. */
public final class UserFolders {
  private UserFolders() {}

  /** Fetched models. */
  public static Path models() {
    return cache().resolve("models");
  }

  public static Path logs() {
    return cache().resolve("logs");
  }

  /** Programs that were built for graphics cards. */
  public static Path programs() {
    return cache().resolve("programs");
  }

  /** What the window remembers from one start to the next. */
  public static Path settings() {
    return cache().resolve("window.json");
  }

  private static Path cache() {
    return cache(System.getProperty("os.name"), System.getProperty("user.home"), System.getenv());
  }

  static Path cache(String system, String home, Map<String, String> environment) {
    String own = environment.get("EMSLENS_HOME");
    if (own != null && !own.isBlank()) {
      return Path.of(own);
    }
    String name = system.toLowerCase(Locale.ROOT);
    if (name.contains("windows")) {
      return Path.of(environment.getOrDefault("LOCALAPPDATA", home)).resolve("EmsLens");
    }
    if (name.contains("mac")) {
      return Path.of(home, "Library", "Caches", "EmsLens");
    }
    String xdg = environment.get("XDG_CACHE_HOME");
    return (xdg == null || xdg.isBlank() ? Path.of(home, ".cache") : Path.of(xdg))
        .resolve("emslens");
  }
}
