package org.emslens.hub;

import java.util.concurrent.CancellationException;

/** Told what a fetch is doing, and asked what it may. */
public interface FetchListener {
  FetchListener NONE = (source, bytes, of) -> {};

  /**
   * @param source title of the place that is tried
   * @throws CancellationException to stop; what has arrived is kept for the next time
   */
  void at(String source, long bytes, long of);

  /**
   * Asked before a model is fetched that is under terms of its own.
   *
   * @param text what they say
   */
  default boolean accepts(Terms terms, String text) {
    return false;
  }

  /** A source was given up for the next. */
  default void gaveUp(String source, String why) {}
}
