package org.emslens.device.opencl.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where a platform's OpenCL is: the loader that comes with a card's driver. */
public final class ClLibrary {
  /** Names another library than the platform's own. */
  public static final String VARIABLE = "EMSLENS_OPENCL";

  private ClLibrary() {}

  /** What the library may be called on this system, the likeliest first. */
  public static List<String> names(Map<String, String> environment, String system) {
    String own = environment.get(VARIABLE);
    if (own != null && !own.isBlank()) {
      return List.of(own);
    }
    String os = system.toLowerCase(Locale.ROOT);
    return os.contains("mac")
        ? List.of("/System/Library/Frameworks/OpenCL.framework/OpenCL")
        : os.contains("win") ? List.of("OpenCL.dll") : List.of("libOpenCL.so.1", "libOpenCL.so");
  }

  /** The library, or nothing where there is none of these names. */
  @SuppressWarnings("restricted") // The library is the user's driver.
  static Optional<SymbolLookup> find(List<String> names) {
    for (String name : names) {
      try {
        return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException e) {
        // Not that one.
      }
    }
    return Optional.empty();
  }
}
