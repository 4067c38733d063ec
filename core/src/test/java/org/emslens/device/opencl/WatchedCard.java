package org.emslens.device.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.emslens.device.opencl.binding.Cl;

/**
 * A card whose fresh memory holds no number: a kernel that reads what nobody has written is told by
 * what it computes, whichever driver runs it.
 *
 * <p>Oclgrind watches for such reads as well, of local and private memory too. It takes what the
 * computer writes to a buffer for all that is in it, so there each of them is written whole.
 */
final class WatchedCard extends Card {
  /** Set, it has Oclgrind watch; see {@link OclgrindTest}. */
  static final String UNINITIALISED = "OCLGRIND_UNINITIALIZED";

  private static final boolean WHOLE = System.getenv(UNINITIALISED) != null;
  private static final byte NO_NUMBER = -1;

  WatchedCard(Cl cl, MemorySegment device, CardInfo info) {
    super(cl, device, info);
  }

  @Override
  void made(Buffer b) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(b.bytes());
      all.fill(NO_NUMBER);
      write(all, b);
    }
  }

  @Override
  void written(Buffer b) {
    if (WHOLE) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment all = arena.allocate(b.bytes());
        cl().read(queue(), b.handle(), 0, all);
        cl().write(queue(), all, b.handle(), 0);
      }
    }
  }
}
