package org.emslens.engine;

import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.packed.Packing;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;
import org.emslens.model.AttentionSpec;
import org.emslens.model.FeedForwardSpec;
import org.emslens.model.LayerSpec;
import org.emslens.model.LinearSpec;
import org.emslens.model.Model;
import org.emslens.model.ModelSpec;

/**
 * What a model takes of a device's memory, told before anything is loaded.
 *
 * @param weights bytes of the weights as a device packs them: about those of the file, more for
 *     some types
 * @param token bytes that each token of a prompt takes: its queries, keys and values in every layer
 */
public record MemoryNeed(long weights, long token) {
  /** Tokens of prompt that a model must have room for to be of use. */
  private static final int TOKENS = 512;

  /** The program itself, activations, and what is computed on the way. */
  private static final long BESIDES = 300L << 20;

  /** Tokens that there is to be room for where a device takes a part of the layers only. */
  static final int SPLIT_TOKENS = 4096;

  /** Of what is free; others use a card too. */
  private static final double SHARE = 0.9;

  private static final double PACKING = 1.05;
  private static final double GB = 1e9;

  public static MemoryNeed of(Model model) {
    return of(model.spec(), model.weights());
  }

  /** Of a model that is not open. */
  public static MemoryNeed of(ModelSpec spec, TensorSource source) {
    long width = spec.attention().stream().mapToLong(s -> s.queryWidth() + 2L * s.kvWidth()).sum();
    long weights = source.tensors().values().stream().mapToLong(MemoryNeed::packed).sum();
    return new MemoryNeed((long) (weights * PACKING), width * Float.BYTES);
  }

  private static long packed(TensorInfo weight) {
    return Packing.of(weight.type()).bytesOf(weight.count());
  }

  /** Bytes with a prompt of so many tokens. */
  public long with(int tokens) {
    return weights + BESIDES + tokens * token;
  }

  /**
   * How many of a model's layers, from the first on, fit so many bytes together with what a prompt
   * and its caches take there.
   */
  public static int layersThatFit(ModelSpec spec, long free, int tokens) {
    double left = free * SHARE - BESIDES;
    int fit = 0;
    for (LayerSpec l : spec.layers()) {
      AttentionSpec.Shape s = l.attention().shape();
      // A prompt's queries, keys and values; keys and values once more in a cache.
      long token = (s.queryWidth() + 4L * s.kvWidth()) * Float.BYTES;
      left -= weights(l) * PACKING + (double) tokens * token;
      if (left < 0) {
        break;
      }
      fit++;
    }
    return fit;
  }

  /** Bytes of a layer's matrices as they are stored. */
  private static long weights(LayerSpec layer) {
    AttentionSpec a = layer.attention();
    Stream<LinearSpec> attention = Stream.of(a.query(), a.key(), a.value(), a.output());
    Stream<LinearSpec> rest =
        switch (layer.feedForward()) {
          case FeedForwardSpec.Dense d -> Stream.of(d.gate(), d.up(), d.down());
          case FeedForwardSpec.Experts e ->
              e.experts().stream().flatMap(x -> Stream.of(x.gate(), x.up(), x.down()));
        };
    return Stream.concat(attention, rest)
        .filter(Objects::nonNull)
        .mapToLong(m -> packed(m.weight()))
        .sum();
  }

  /** Whether a model fits whole, with a short prompt. */
  static boolean fits(Model model, Device device) {
    long free = device.freeBytes();
    return free == 0 || of(model).with(TOKENS) <= free;
  }

  /**
   * Refuses a model whose layers after the first do not fit the processor's memory, where those do
   * fit a card.
   *
   * @param first layers on the card
   * @throws DeviceException with what is needed, what is free and what would help
   */
  static void checkRest(Model model, int first, Device card, Device processor) {
    double onCard =
        PACKING * model.spec().layers().stream().limit(first).mapToLong(MemoryNeed::weights).sum();
    double needed = of(model).with(TOKENS) - onCard;
    long free = processor.freeBytes();
    if (free != 0 && needed > free) {
      throw new DeviceException(
          String.format(
              Locale.ROOT,
              "%s: %d of its %d layers fit %s; the others need about %.1f GB of the processor's memory, and %.1f GB are free. Close other programs, or take a file of the model with fewer bits per weight (this one: %s), or a smaller model.",
              model.title(),
              first,
              model.spec().layers().size(),
              card.name(),
              needed / GB,
              free / GB,
              model.config().quantization()));
    }
  }

  /**
   * Refuses a model that cannot fit.
   *
   * @throws DeviceException with what is needed, what is free and what would help
   */
  public static void check(Model model, Device device) {
    if (!fits(model, device)) {
      throw new DeviceException(
          String.format(
              Locale.ROOT,
              "%s needs about %.1f GB of memory with a prompt of %d tokens, and %.1f GB are free on the device '%s'. Close other programs, or take a file of the model with fewer bits per weight (this one: %s), a smaller model, or another device (see 'emslens devices').",
              model.title(),
              of(model).with(TOKENS) / GB,
              TOKENS,
              device.freeBytes() / GB,
              device.id(),
              model.config().quantization()));
    }
  }
}
