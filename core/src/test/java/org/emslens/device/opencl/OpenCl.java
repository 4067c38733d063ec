package org.emslens.device.opencl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.emslens.device.opencl.binding.Cl;

/** The first device of OpenCL that there is: a card, or PoCL, which runs on the processor. */
final class OpenCl {
  /** Where hundreds of programs run a moment each, building them is what takes long. */
  private static final String UNOPTIMISED = " -cl-opt-disable";

  private static Optional<Found> found;

  private OpenCl() {}

  private record Found(Cl cl, MemorySegment device, CardInfo info) {}

  /** Opened as if a card had other limits than it has; skips a test where there is none. */
  static OpenClDevice open(UnaryOperator<CardInfo> limits) {
    return new OpenClDevice(card(limits), ProgramCache.in(Path.of("target", "programs")));
  }

  static Card card(UnaryOperator<CardInfo> limits) {
    Optional<Found> first = first();
    assumeTrue(first.isPresent(), "there is no OpenCL on this machine");
    Found f = first.get();
    return new WatchedCard(f.cl, f.device, limits.apply(f.info));
  }

  /** PoCL comes up in one thread only; tests are several. */
  private static synchronized Optional<Found> first() {
    if (found == null) {
      found = Cl.load(Probe.names()).flatMap(OpenCl::first);
    }
    return found;
  }

  private static Optional<Found> first(Cl cl) {
    List<MemorySegment> platforms = cl.platforms();
    for (int p = 0; p < platforms.size(); p++) {
      List<MemorySegment> devices = cl.devices(platforms.get(p));
      if (!devices.isEmpty()) {
        MemorySegment d = devices.getFirst();
        return Optional.of(new Found(cl, d, CardInfo.of(cl, p, platforms.get(p), 0, d)));
      }
    }
    return Optional.empty();
  }

  /**
   * @param local bytes of a work-group's own memory
   * @param group work-items of a work-group at most
   */
  static UnaryOperator<CardInfo> limits(long local, int group) {
    return c -> with(c, c.memory(), local, group, c.subgroups());
  }

  /** The same, its programs built in half the time. */
  static UnaryOperator<CardInfo> unoptimised(UnaryOperator<CardInfo> limits) {
    return card -> {
      CardInfo c = limits.apply(card);
      return with(c, c.memory(), c.local(), c.group(), c.subgroups() + UNOPTIMISED);
    };
  }

  static UnaryOperator<CardInfo> memory(long bytes) {
    return c -> with(c, bytes, c.local(), c.group(), c.subgroups());
  }

  static UnaryOperator<CardInfo> subgroups(String options) {
    return c -> with(c, c.memory(), c.local(), c.group(), options);
  }

  private static CardInfo with(CardInfo c, long memory, long local, int group, String subgroups) {
    return new CardInfo(
        c.platform(),
        c.index(),
        c.name(),
        c.platformName(),
        c.version(),
        c.driver(),
        c.gpu(),
        memory,
        Math.min(memory, c.largest()),
        local,
        group,
        c.units(),
        c.compiles(),
        c.unified(),
        subgroups);
  }
}
