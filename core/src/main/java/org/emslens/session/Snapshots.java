package org.emslens.session;

import java.util.Map;
import java.util.TreeMap;
import org.emslens.engine.Cache;

/** Caches after some steps, to come back to; the oldest go where they would fill the memory. */
final class Snapshots {
  private static final int EVERY = 16;
  private static final long MOST_BYTES = 256L << 20;

  private final TreeMap<Integer, Snapshot> byStep = new TreeMap<>();

  /** The cache after a step, and what the model said then [vocab]. */
  record Snapshot(int step, Cache cache, float[] logits) {}

  /** Keeps a copy now and then. */
  void offer(int step, Cache cache, float[] logits) {
    if (step % EVERY == 0) {
      byStep.put(step, new Snapshot(step, cache.copy(), logits));
      while (byStep.size() > 1
          && byStep.values().stream().mapToLong(s -> s.cache().bytes()).sum() > MOST_BYTES) {
        byStep.pollFirstEntry().getValue().cache().close();
      }
    }
  }

  /** The newest that is not after a step, or null; its cache is to be copied. */
  Snapshot nearest(int step) {
    var nearest = byStep.floorEntry(step);
    return nearest == null ? null : nearest.getValue();
  }

  /** Forgets those after a step. */
  void forgetAfter(int step) {
    forget(byStep.tailMap(step, false));
  }

  void clear() {
    forget(byStep);
  }

  private static void forget(Map<Integer, Snapshot> some) {
    some.values().forEach(s -> s.cache().close());
    some.clear();
  }
}
