package org.emslens.device.opencl;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.emslens.device.DeviceException;

/**
 * What tokens attended to, on its way out of a card while the next token runs: it is rounded to
 * half floats in the card's memory, and read from there beside what the card is asked next. There
 * is room for two tokens, so that one waits for the last but one.
 */
final class Readout implements AutoCloseable {
  private static final int TOKENS = 2;

  private static final Executor WAITING =
      Executors.newCachedThreadPool(
          r -> {
            Thread t = new Thread(r, "emslens-readout");
            t.setDaemon(true);
            return t;
          });

  private final Card card;
  private final Buffer[] halves = new Buffer[TOKENS];
  private final Pinned[] read = new Pinned[TOKENS];
  private final CompletableFuture<?>[] underWay = new CompletableFuture<?>[TOKENS];
  private int next;

  Readout(Card card) {
    this.card = card;
  }

  /** Fills the buffer that is then read. */
  @FunctionalInterface
  interface Rounding {
    void into(Buffer halves);
  }

  /**
   * @param numbers that are rounded and read
   * @param starts where each row of them begins
   * @param lengths of the rows
   * @return the rows, once they are here
   */
  CompletableFuture<short[][]> send(long numbers, int[] starts, int[] lengths, Rounding rounding) {
    int k = next;
    next = (next + 1) % TOKENS;
    settle(k);
    long bytes = numbers * Short.BYTES;
    if (halves[k] == null || halves[k].bytes() < bytes) {
      close(k);
      // Some more, since the next token has more to tell.
      Buffer made = card.allocate(bytes + bytes / 4);
      try {
        read[k] = card.pinned(made.bytes());
        halves[k] = made;
      } catch (DeviceException e) {
        made.close();
        throw e;
      }
    }
    rounding.into(halves[k]);
    MemorySegment here = read[k].memory().asSlice(0, bytes);
    MemorySegment event = card.readBeside(halves[k], here);
    Pinned held = read[k];
    CompletableFuture<short[][]> rows =
        CompletableFuture.supplyAsync(() -> taken(event, held, starts, lengths), WAITING);
    underWay[k] = rows;
    return rows;
  }

  private short[][] taken(MemorySegment event, Pinned from, int[] starts, int[] lengths) {
    card.await(event);
    short[][] rows = new short[lengths.length][];
    for (int h = 0; h < rows.length; h++) {
      rows[h] = new short[lengths[h]];
      MemorySegment.copy(
          from.memory(), JAVA_SHORT, (long) starts[h] * Short.BYTES, rows[h], 0, lengths[h]);
    }
    return rows;
  }

  /** Waits until what is under way has come; whoever asks for it is told if it failed. */
  private void settle(int k) {
    if (underWay[k] != null) {
      underWay[k].exceptionally(e -> null).join();
      underWay[k] = null;
    }
  }

  private void close(int k) {
    settle(k);
    if (halves[k] != null) {
      halves[k].close();
      halves[k] = null;
    }
    if (read[k] != null) {
      read[k].close();
      read[k] = null;
    }
  }

  @Override
  public void close() {
    for (int k = 0; k < TOKENS; k++) {
      close(k);
    }
  }

  /** What is on its way, as its exception where it failed. */
  static short[][] awaited(CompletableFuture<short[][]> rows) {
    try {
      return rows.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : e;
    }
  }
}
