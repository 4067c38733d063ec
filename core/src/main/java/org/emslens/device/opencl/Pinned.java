package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;

/**
 * The computer's memory that a card writes to by itself, where drivers would otherwise copy through
 * memory of theirs while the caller waits. Closed by its owner, or the garbage collector.
 */
final class Pinned implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final MemorySegment memory;
  private final Cleaner.Cleanable held;

  Pinned(Card card, MemorySegment handle, MemorySegment memory) {
    this.memory = memory;
    held = CLEANER.register(this, () -> card.unpin(handle, memory));
  }

  MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    held.clean();
  }
}
