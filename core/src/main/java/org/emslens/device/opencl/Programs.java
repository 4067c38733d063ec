package org.emslens.device.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.emslens.device.DeviceException;
import org.emslens.device.PromptMemory;
import org.emslens.device.packed.Packing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernels of a card, built when they are first needed. */
final class Programs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Programs.class);
  private static final String COMMON = "common.cl";

  private final Card card;
  private final ProgramCache cache;
  private final Map<String, Program> built = new ConcurrentHashMap<>();

  /** What makes use of sub-groups, or empty; so once a driver that offers them cannot build it. */
  private volatile String subgroups;

  Programs(Card card, ProgramCache cache) {
    this.card = card;
    this.cache = cache;
    subgroups = card.info().subgroups();
  }

  /** Norms, rotations, activations, sums. */
  Kernel elementwise(String name, Tuning t) {
    return program("elementwise.cl", groups(t)).kernel(name);
  }

  private static String groups(Tuning t) {
    return define("GROUP", t.group()) + define("KEYS", t.keys());
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
            + define("PARTS", t.parts())
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
        groups(t)
            + define("HEAD", headDim)
            + define("QUERIES", t.queries())
            + define("COLUMNS", (headDim + t.keys() - 1) / t.keys())
            + define("PIXELS", PromptMemory.THUMBNAIL);
    return program("prompt.cl", options).kernel(name);
  }

  /** Attention over a cache, and its compression. */
  Kernel cache(String name, int headDim, int group, Tuning t) {
    String options =
        groups(t)
            + define("HEAD", headDim)
            + define("HEADS", group)
            + define("CENTRES", t.centres())
            + define("SEGMENT", t.segment())
            + define("LANES", t.lanes(headDim))
            + define("PARTS", t.group() / t.lanes(headDim));
    return program("cache.cl", options).kernel(name);
  }

  private static String define(String name, int value) {
    return "-D" + name + "=" + value + " ";
  }

  private Program program(String file, String options) {
    return built.computeIfAbsent(file + options, k -> build(file, options));
  }

  private Program build(String file, String options) {
    String source = source(COMMON) + source(file);
    String more = subgroups;
    if (!more.isEmpty()) {
      try {
        return Program.of(card, cache, file, source, options + more);
      } catch (DeviceException e) {
        LOG.info("Sub-groups are left alone: {}", e.getMessage());
        subgroups = "";
      }
    }
    return Program.of(card, cache, file, source, options.strip());
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
