package org.emslens.device.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.emslens.device.opencl.binding.Cl;

/** How long each kernel ran on a card, by the card's own clock. */
final class KernelTimes {
  private static final int STARTED = 0x1282;
  private static final int ENDED = 0x1283;

  private final Cl cl;
  private final MemorySegment place = Arena.ofAuto().allocate(ADDRESS);
  private final List<Run> running = new ArrayList<>();
  private final Map<String, Sum> sums = new TreeMap<>();

  private record Run(String kernel, MemorySegment event) {}

  private record Sum(long runs, long nanos) {}

  KernelTimes(Cl cl) {
    this.cl = cl;
  }

  /** Where the next launch leaves its event. */
  MemorySegment event() {
    return place;
  }

  /** A launch has left its event. */
  void launched(String kernel) {
    running.add(new Run(kernel, place.get(ADDRESS, 0)));
  }

  /** All that was launched has run. */
  void finished() {
    for (Run r : running) {
      long nanos = cl.time(r.event, ENDED) - cl.time(r.event, STARTED);
      sums.merge(
          r.kernel, new Sum(1, nanos), (a, b) -> new Sum(a.runs + b.runs, a.nanos + b.nanos));
      cl.releaseEvent(r.event);
    }
    running.clear();
  }

  /** A line for each kernel, the one that took longest first. */
  String table() {
    return sums.entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().nanos))
        .map(
            e ->
                String.format(
                    Locale.ROOT,
                    "%-12s %8d runs %10.3f ms %10.1f us each",
                    e.getKey(),
                    e.getValue().runs,
                    e.getValue().nanos / 1e6,
                    e.getValue().nanos / 1e3 / e.getValue().runs))
        .collect(Collectors.joining("\n"));
  }
}
