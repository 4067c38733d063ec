package org.emslens.engine;

import java.util.Locale;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.model.Model;

/**
 * What a model takes of a device's memory, told before anything is loaded.
 *
 * @param weights bytes of the weights as a device packs them: those of the file and a little
 * @param token bytes that each token of a prompt takes: its queries, keys and values in every layer
 */
public record MemoryNeed(long weights, long token) {
  /** Tokens of prompt that a model must have room for to be of use. */
  private static final int TOKENS = 512;

  /** The program itself, activations, and what is computed on the way. */
  private static final long BESIDES = 300L << 20;

  private static final double PACKING = 1.05;
  private static final double GIB = 1L << 30;

  public static MemoryNeed of(Model model) {
    long width =
        model.spec().attention().stream().mapToLong(s -> s.queryWidth() + 2L * s.kvWidth()).sum();
    return new MemoryNeed((long) (model.config().bytes() * PACKING), width * Float.BYTES);
  }

  /** Bytes with a prompt of so many tokens. */
  public long with(int tokens) {
    return weights + BESIDES + tokens * token;
  }

  /**
   * Refuses a model that cannot fit.
   *
   * @throws DeviceException with what is needed, what is free and what would help
   */
  public static void check(Model model, Device device) {
    long free = device.freeBytes();
    long needed = of(model).with(TOKENS);
    if (free > 0 && needed > free) {
      throw new DeviceException(
          String.format(
              Locale.ROOT,
              "%s needs about %.1f GiB of memory with a prompt of %d tokens, and %.1f GiB are free on the device '%s'. Close other programs, or take a file of the model with fewer bits per weight (this one: %s), a smaller model, or another device (see 'emslens devices').",
              model.title(),
              needed / GIB,
              TOKENS,
              free / GIB,
              device.id(),
              model.config().quantization()));
    }
  }
}
