package org.emslens.model.assembly;

import java.util.List;
import org.emslens.format.BadFileException;
import org.emslens.model.GgufFields;

/** Which layers of a GGUF file's model attend to a window only. */
public final class GgufWindows {
  private GgufWindows() {}

  /**
   * The window of each layer, 0 for none [layers].
   *
   * @param nth where the file does not say which: every so many-th layer has no window
   */
  public static int[] of(GgufFields f, int layers, int nth) throws BadFileException {
    int window = f.integerOr(f.key("attention.sliding_window"), 0);
    String key = f.key("attention.sliding_window_pattern");
    List<?> pattern = f.listOr(key, List.of());
    int period = pattern.isEmpty() ? f.integerOr(key, nth) : 0;
    // As llama.cpp has it: 0 is a window in every layer.
    int[] windows = new int[layers];
    for (int l = 0; l < layers; l++) {
      boolean local =
          pattern.isEmpty()
              ? period == 0 || (l + 1) % period != 0
              : Boolean.TRUE.equals(pattern.get(l % pattern.size()));
      windows[l] = local ? window : 0;
    }
    return windows;
  }
}
