package org.emslens.device.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.emslens.device.PromptMemory;
import org.emslens.device.packed.Packing;

/** The kernels of a card, built when they are first needed. */
final class Programs implements AutoCloseable {
  private static final String COMMON = "common.cl";

  private final Card card;
  private final ProgramCache cache;
  private final Map<String, Program> built = new ConcurrentHashMap<>();

  Programs(Card card, ProgramCache cache) {
    this.card = card;
    this.cache = cache;
  }

  /** Norms, rotations, activations, sums. */
  Kernel elementwise(String name) {
    return program("elementwise.cl", "").kernel(name);
  }

  /**
   * Products with weights of a kind.
   *
   * @param in how many inputs a row has
   */
  Kernel linear(String name, Packing packing, int in, Tuning t) {
    int levels =
        switch (packing.levels()) {
          case NIBBLES -> 4;
          case FIFTHS -> 5;
          case SIXTHS -> 6;
          case BYTES -> 8;
          case HALVES -> 16;
          case BFLOATS -> 17;
          case FLOATS -> 32;
        };
    String options =
        define("TILE_ROWS", Tuning.TILE_ROWS)
            + define("MANY", Tuning.MANY)
            + define("TILE", t.tile())
            + define("SPAN", t.tile() / 16)
            + define("LEVELS", levels)
            + define("SCALES", packing.scales().ordinal())
            + define("OFFSET", packing.offset())
            + (in % Packing.BLOCK == 0 ? "" : define("TAIL", 1));
    return program("linear.cl", options).kernel(name);
  }

  /** Attention over a prompt. */
  Kernel prompt(String name, int headDim, Tuning t) {
    String options =
        define("HEAD", headDim)
            + define("KEYS", t.keys())
            + define("QUERIES", t.queries())
            + define("COLUMNS", (headDim + t.keys() - 1) / t.keys())
            + define("PIXELS", PromptMemory.THUMBNAIL);
    return program("prompt.cl", options).kernel(name);
  }

  /** Attention over a cache, and its compression. */
  Kernel cache(String name, int headDim, Tuning t) {
    return program("cache.cl", define("HEAD", headDim) + define("CENTRES", t.centres()))
        .kernel(name);
  }

  private static String define(String name, int value) {
    return "-D" + name + "=" + value + " ";
  }

  private Program program(String file, String options) {
    return built.computeIfAbsent(
        file + options,
        k -> Program.of(card, cache, file, source(COMMON) + source(file), options.strip()));
  }

  private static String source(String file) {
    try (InputStream in = Programs.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    built.values().forEach(Program::close);
    built.clear();
  }
}
