package org.emslens.engine;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.emslens.device.DeviceProvider;
import org.emslens.hub.LocalModels;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelLoader;
import org.emslens.model.ModelSpec;
import org.emslens.model.family.Family;

/**
 * A model that lies on this disk, as a library lists it.
 *
 * @param config its sizes, or null where it cannot be opened; likewise `spec` and `need`
 * @param problem why it cannot be opened, in a sentence, or null
 */
public record LocalModel(
    LocalModels.Found found, ModelConfig config, ModelSpec spec, MemoryNeed need, String problem) {

  /** Looks into it; its weights are not read. */
  public static LocalModel of(LocalModels.Found found) {
    try {
      Family.Described d = ModelLoader.describe(found.path());
      try {
        return new LocalModel(
            found, d.config(), d.spec(), MemoryNeed.of(d.spec(), d.weights()), null);
      } finally {
        d.weights().close();
      }
    } catch (IOException e) {
      return new LocalModel(found, null, null, null, e.getMessage());
    }
  }

  /**
   * Whether it would run here; null where it cannot be opened.
   *
   * @param tokens of context that there is to be room for, as far as it has so many
   */
  public Fit fit(int tokens, List<DeviceProvider.Found> devices) {
    if (problem != null) {
      return null;
    }
    Fit fit = Fit.of(spec, need, Math.min(tokens, config.context()), devices);
    return tokens <= config.context() || fit.kind() == Fit.Kind.NOT
        ? fit
        : fit.but(String.format(Locale.ROOT, "its context ends at %,d", config.context()));
  }
}
