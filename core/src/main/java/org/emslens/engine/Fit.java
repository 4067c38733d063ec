package org.emslens.engine;

import java.util.List;
import java.util.Locale;
import org.emslens.device.DeviceProvider;
import org.emslens.device.ProcessMemory;
import org.emslens.model.ModelSpec;

/**
 * Whether a model would run on this machine, told without loading it.
 *
 * @param kind how
 * @param words the same, for users
 * @param bytes that it needs with the context that was asked for
 */
public record Fit(Kind kind, String words, long bytes) {
  private static final double GB = 1e9;

  /** From best to worst. */
  public enum Kind {
    ON_CARD,
    PARTLY_ON_CARD,
    ON_PROCESSOR,
    NOT
  }

  /** The same with something to add. */
  Fit but(String more) {
    return new Fit(kind, words + "; " + more, bytes);
  }

  /**
   * @param tokens of context that there is to be room for
   * @param devices those of the machine
   */
  public static Fit of(
      ModelSpec spec, MemoryNeed need, int tokens, List<DeviceProvider.Found> devices) {
    return of(spec, need, tokens, devices, ProcessMemory.free());
  }

  static Fit of(
      ModelSpec spec, MemoryNeed need, int tokens, List<DeviceProvider.Found> devices, long free) {
    long needed = need.with(tokens);
    int layers = spec.layers().size();
    int most = 0;
    for (DeviceProvider.Found d : devices) {
      if (d.usable() && d.isCard() && d.bytes() > 0) {
        if (needed <= d.bytes()) {
          return new Fit(Kind.ON_CARD, "fits " + d.id(), needed);
        }
        most = Math.max(most, MemoryNeed.layersThatFit(spec, d.bytes(), tokens));
      }
    }
    if (needed > free) {
      String why =
          String.format(
              Locale.ROOT,
              "does not fit: needs %.1f GB with %,d tokens, %.1f GB are free",
              needed / GB,
              tokens,
              free / GB);
      return new Fit(Kind.NOT, why, needed);
    }
    return most > 0
        ? new Fit(
            Kind.PARTLY_ON_CARD,
            "fits with " + most + " of " + layers + " layers on the GPU",
            needed)
        : new Fit(Kind.ON_PROCESSOR, "fits", needed);
  }
}
