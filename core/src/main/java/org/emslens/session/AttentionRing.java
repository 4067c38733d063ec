package org.emslens.session;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.emslens.format.SpillFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the attention of a session's steps: the newest in memory, up to a share of the heap, the
 * rest in a temporary file that is gone when nobody looks at the session any more.
 */
final class AttentionRing {
  private static final Logger LOG = LoggerFactory.getLogger(AttentionRing.class);

  /** Share of the largest heap. */
  private static final int SHARE = 128;

  private final long most;
  private final Deque<StepAttention> inMemory = new ArrayDeque<>();
  private long bytes;
  private SpillFile file;
  private boolean full;

  AttentionRing() {
    this(Runtime.getRuntime().maxMemory() / SHARE);
  }

  /**
   * @param most bytes in memory
   */
  AttentionRing(long most) {
    this.most = most;
  }

  /** Keeps a step's rows. */
  StepAttention keep(StepAttention made) {
    inMemory.add(made);
    bytes += made.bytes();
    while (bytes > most && !full) {
      spillOldest();
    }
    return made;
  }

  private void spillOldest() {
    StepAttention oldest = inMemory.getFirst();
    try {
      if (file == null) {
        file = new SpillFile(".attention");
      }
      oldest.spill(file);
      inMemory.removeFirst();
      bytes -= oldest.bytes();
    } catch (IOException e) {
      // It stays in memory; what comes of that is told when memory runs out.
      LOG.warn("Attention of older steps cannot be put into a temporary file", e);
      full = true;
    }
  }
}
