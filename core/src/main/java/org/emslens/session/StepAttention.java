package org.emslens.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.emslens.device.DecodeTap;
import org.emslens.device.DeviceException;
import org.emslens.format.SpillFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token's attention in every query head over the slots that it saw, as half floats; in memory
 * while it is new, later in the session's temporary file. Safe for several threads.
 */
public final class StepAttention {
  /** None was kept. */
  static final StepAttention NONE = new StepAttention(new short[0][]);

  private static final Logger LOG = LoggerFactory.getLogger(StepAttention.class);

  private final int[] lengths;
  private volatile short[][] rows;

  /** Where they come from, until they have come. */
  private Supplier<short[][]> coming;

  private SpillFile file;
  private long at;

  /**
   * @param rows per query head [heads][slots]
   */
  StepAttention(short[][] rows) {
    this.rows = rows;
    lengths = new int[rows.length];
    for (int h = 0; h < lengths.length; h++) {
      lengths[h] = rows[h].length;
    }
  }

  /** What a token has attended to, or will be found to have, once that has come from a device. */
  static StepAttention of(DecodeTap tap) {
    return tap.isUnderWay()
        ? new StepAttention(tap.lengths(), tap::halves)
        : new StepAttention(tap.halves());
  }

  private StepAttention(int[] lengths, Supplier<short[][]> coming) {
    this.lengths = lengths;
    this.coming = coming;
  }

  /** Query heads of all layers; 0 where nothing was kept. */
  public int heads() {
    return lengths.length;
  }

  /** One head's row [slots]. */
  public short[] row(int head) {
    short[][] here = here();
    if (here != null) {
      return here[head];
    }
    long from = at;
    for (int h = 0; h < head; h++) {
      from += lengths[h];
    }
    try {
      return file.read(from, lengths[head]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows that are in memory, which it waits for; null where they are in a file. */
  private short[][] here() {
    short[][] come = rows;
    return come != null ? come : taken();
  }

  private synchronized short[][] taken() {
    if (coming != null) {
      Supplier<short[][]> asked = coming;
      coming = null;
      try {
        rows = asked.get();
      } catch (DeviceException e) {
        // What was generated is there; whoever looks at this step sees that nothing is known of it.
        LOG.error("What a token attended to did not come from its device", e);
        rows = Arrays.stream(lengths).mapToObj(short[]::new).toArray(short[][]::new);
      }
    }
    return rows;
  }

  long bytes() {
    long bytes = 0;
    for (int length : lengths) {
      bytes += 2L * length;
    }
    return bytes;
  }

  /** Moves the rows from memory to a file. */
  void spill(SpillFile to) throws IOException {
    at = to.append(here());
    file = to;
    rows = null;
  }
}
