package org.emslens.engine;

import org.emslens.cache.KvCache;
import org.emslens.model.ModelConfig;

/**
 * Runs a model on a device whose memory it owns. Used by one thread; everything that crosses this
 * interface is float32.
 */
public interface Engine extends AutoCloseable {

  ModelConfig config();

  /** What it computes with, as shown to users: library and device. */
  String backend();

  /**
   * Runs a whole prompt with a full cache.
   *
   * @param ids token ids, at least one
   * @param logits given the logits of every position in order, or null
   * @param progress told how far it is; throws to stop
   * @throws java.util.concurrent.CancellationException where `progress` was cancelled
   */
  Prefill prefill(int[] ids, LogitsSink logits, Progress progress);

  /**
   * Runs one token at position {@link KvCache#seen}: appends its slots, attends with slot biases,
   * updates the cache's statistics.
   *
   * @param tap filled with what it taps, or null
   * @return logits [vocab], overwritten by the next call
   */
  float[] decode(KvCache cache, int token, DecodeTap tap);

  @Override
  void close();

  /** Receives the logits of one position [vocab]; the array is reused. */
  @FunctionalInterface
  interface LogitsSink {
    void accept(int position, float[] logits);
  }
}
