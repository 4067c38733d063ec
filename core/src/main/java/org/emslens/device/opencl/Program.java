package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.emslens.device.DeviceException;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.device.opencl.binding.ClException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kernels that were built together. */
final class Program implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Program.class);

  private final Card card;
  private final MemorySegment handle;
  private final Map<String, Kernel> kernels = new ConcurrentHashMap<>();

  private Program(Card card, MemorySegment handle) {
    this.card = card;
    this.handle = handle;
  }

  /**
   * Builds kernels, or takes what was built of the same source before.
   *
   * @throws DeviceException with the first line of what the compiler said; the log file has all
   */
  static Program of(Card card, ProgramCache cache, String name, String source, String options) {
    MemorySegment kept = kept(card, cache.get(card.info(), source, options), options);
    if (kept != null) {
      return new Program(card, kept);
    }
    MemorySegment made;
    try {
      made = built(card, name, source, options);
    } catch (DeviceException e) {
      // A compiler that works with temporary files loses one to another program now and then.
      LOG.info("{} is built once more", name);
      made = built(card, name, source, options);
    }
    keep(card, cache, made, source, options);
    return new Program(card, made);
  }

  private static MemorySegment built(Card card, String name, String source, String options) {
    Cl cl = card.cl();
    MemorySegment made = card.tried(() -> cl.program(card.context(), source));
    try {
      cl.build(made, card.device(), options);
      return made;
    } catch (ClException e) {
      String log = e.isBuildFailure() ? log(card, made) : "";
      card.givenBack(() -> cl.releaseProgram(made));
      LOG.error("{} of {} with {}:\n{}", e.getMessage(), name, options, log);
      throw new DeviceException(
          card.info().name()
              + "'s driver could not build "
              + name
              + " ("
              + (log.isBlank() ? e.getMessage() : log.lines().findFirst().orElse(""))
              + "); the log file has all that it said. The processor can go on (--device cpu).",
          e);
    }
  }

  /** Not every driver tells what it has built. */
  private static void keep(
      Card card, ProgramCache cache, MemorySegment built, String source, String options) {
    try {
      cache.put(card.info(), source, options, card.cl().binary(built));
    } catch (ClException e) {
      LOG.info("A built program could not be kept: {}", e.getMessage());
    }
  }

  private static String log(Card card, MemorySegment program) {
    try {
      return card.cl().buildLog(program, card.device());
    } catch (ClException e) {
      return "";
    }
  }

  /** What was built before, where the driver still takes it; else null. */
  private static MemorySegment kept(Card card, byte[] binary, String options) {
    if (binary == null) {
      return null;
    }
    Cl cl = card.cl();
    MemorySegment made = null;
    try {
      made = cl.program(card.context(), card.device(), binary);
      cl.build(made, card.device(), options);
      return made;
    } catch (ClException e) {
      LOG.info("A program that was kept is built anew: {}", e.getMessage());
      MemorySegment bad = made;
      if (bad != null) {
        card.givenBack(() -> cl.releaseProgram(bad));
      }
      return null;
    }
  }

  Kernel kernel(String name) {
    return kernels.computeIfAbsent(
        name, n -> new Kernel(card, n, card.tried(() -> card.cl().kernel(handle, n))));
  }

  @Override
  public void close() {
    kernels.values().forEach(Kernel::close);
    card.givenBack(() -> card.cl().releaseProgram(handle));
  }
}
