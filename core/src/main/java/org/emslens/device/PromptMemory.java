package org.emslens.device;

import java.util.function.BooleanSupplier;

/**
 * The uncompressed attention of a prompt of N tokens, kept whole where a device computed it:
 * compression is planned from it as often as one likes, and any part of a head's map is computed
 * from it.
 */
public interface PromptMemory extends AutoCloseable {

  /** Rows and columns of a head's small picture. */
  int THUMBNAIL = 24;

  /**
   * The line of a thumbnail that shows what is at one of THUMBNAIL places along its side. A prompt
   * of fewer tokens than that has a line for each, and none between.
   */
  static int thumbnailLine(int place, int tokens) {
    return tokens >= THUMBNAIL ? place : place * tokens / THUMBNAIL * THUMBNAIL / tokens;
  }

  int tokens();

  /**
   * A fresh full cache of this prompt.
   *
   * @param window how many of the last queries' attention rows it remembers, now and later; those
   *     that were not kept are computed from queries and keys
   */
  CacheMemory cache(int window);

  /**
   * A part of one query head's map of probabilities, max-pooled.
   *
   * @param rowBounds picture row r shows the queries rowBounds[r] to rowBounds[r + 1] - 1
   * @param columnBounds likewise for keys; those after the query have probability 0
   * @param cancelled asked now and then; where true, the result is incomplete
   * @return [rowBounds.length - 1, columnBounds.length - 1]
   */
  float[] map(int layer, int head, int[] rowBounds, int[] columnBounds, BooleanSupplier cancelled);

  /**
   * Room for tokens that follow this prompt, which {@link Device#attend} then takes, from {@link
   * #tokens} on: its keys and values are this one's, whose queries and statistics it does not have.
   * It can be asked for {@link #most}, for keys and values, and, where the part {@linkplain
   * Repeated#keepsMap says so}, for parts of maps below its first {@link #tokens} rows.
   *
   * @param more how many follow at most
   */
  PromptMemory continued(int more, Repeated part);

  /**
   * The most that the queries which follow a prompt pay to each token of the part that they repeat,
   * in several weightings: most[w][j] = the largest weights[w][i] * p(i, j) / s(i) of all queries
   * i, s(i) being what i pays to all that {@linkplain Repeated#counts counts}; 0 outside the part.
   *
   * @return [W][tokens of the prompt]
   * @throws IllegalStateException of a prompt that follows none
   */
  float[][] most(int layer, int head);

  /** One query head's map, max-pooled to {@link #THUMBNAIL} squared; not to be written. */
  float[] thumbnail(int layer, int head);

  /** A copy of all that is kept of one layer. */
  PromptLayer layer(int layer);

  @Override
  void close();
}
