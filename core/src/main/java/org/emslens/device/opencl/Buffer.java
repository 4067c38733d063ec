package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;

/**
 * Memory of a card. Its owner closes it, as often as they like; of one that nobody has any more,
 * such as a prompt's whose pictures were still looked at, the garbage collector does.
 */
final class Buffer implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final MemorySegment handle;
  private final long bytes;
  private final Cleaner.Cleanable memory;

  Buffer(Card card, MemorySegment handle, long bytes) {
    this.handle = handle;
    this.bytes = bytes;
    memory = CLEANER.register(this, () -> card.release(handle, bytes));
  }

  MemorySegment handle() {
    return handle;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    memory.clean();
  }
}
