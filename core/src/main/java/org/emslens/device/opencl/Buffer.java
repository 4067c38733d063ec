package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;

/** Memory of a card; its owner closes it, as often as they like. */
final class Buffer implements AutoCloseable {
  private final Card card;
  private final MemorySegment handle;
  private final long bytes;
  private boolean closed;

  Buffer(Card card, MemorySegment handle, long bytes) {
    this.card = card;
    this.handle = handle;
    this.bytes = bytes;
  }

  MemorySegment handle() {
    return handle;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      card.release(this);
    }
  }
}
