package org.emslens.model.assembly;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.IntPredicate;
import org.emslens.format.BadFileException;
import org.emslens.model.HfFields;

/** Which layers of a folder's model attend to a window only. */
public final class HfWindows {
  private HfWindows() {}

  /**
   * The same where a switch says whether there is a window, and a number from which layer on, as
   * Qwen has it.
   */
  public static int[] switched(HfFields f, int layers) throws BadFileException {
    boolean sliding = f.flag("use_sliding_window");
    int window = f.integerOr("sliding_window", 0);
    int full = f.integerOr("max_window_layers", layers);
    return of(f, layers, sliding ? window : 0, l -> l >= full);
  }

  /**
   * The window of each layer, 0 for none [layers].
   *
   * @param window of those that have one
   * @param otherwise which have one where config.json has no `layer_types`, by index from 0
   */
  public static int[] of(HfFields f, int layers, int window, IntPredicate otherwise)
      throws BadFileException {
    JsonNode types = f.get("layer_types");
    int[] windows = new int[layers];
    f.refuse(
        types.isArray() && types.size() != layers,
        "'layer_types' has " + types.size() + " entries for " + layers + " layers");
    for (int l = 0; l < layers; l++) {
      boolean local;
      if (types.isArray()) {
        String type = types.get(l).asText();
        local = type.equals("sliding_attention");
        f.refuse(!local && !type.equals("full_attention"), "'layer_types' names '" + type + "'");
      } else {
        local = otherwise.test(l);
      }
      windows[l] = local ? window : 0;
    }
    return windows;
  }
}
