package org.emslens.engine;

import java.io.IOException;
import java.util.List;
import org.emslens.device.DeviceProvider;
import org.emslens.hub.LocalModels;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelLoader;
import org.emslens.model.family.Family;

/**
 * A model that lies on this disk, as a library lists it.
 *
 * @param config its sizes, or null where it cannot be opened
 * @param fit whether it would run here, likewise
 * @param problem why it cannot be opened, in a sentence, or null
 */
public record LocalModel(LocalModels.Found found, ModelConfig config, Fit fit, String problem) {

  /**
   * Looks into it; its weights are not read.
   *
   * @param tokens of context that there is to be room for
   */
  public static LocalModel of(
      LocalModels.Found found, int tokens, List<DeviceProvider.Found> devices) {
    try {
      Family.Described d = ModelLoader.describe(found.path());
      try {
        int context = Math.min(tokens, d.config().context());
        return new LocalModel(
            found, d.config(), Fit.of(d.spec(), d.weights(), context, devices), null);
      } finally {
        d.weights().close();
      }
    } catch (IOException e) {
      return new LocalModel(found, null, null, e.getMessage());
    }
  }
}
