package org.emslens.engine;

import java.util.concurrent.CancellationException;

/** Told how far a long job is. */
@FunctionalInterface
public interface Progress {
  Progress NONE = share -> {};

  /**
   * @param share done so far, 0 to 1
   * @throws CancellationException to stop the job, which then leaves nothing behind
   */
  void at(double share);
}
