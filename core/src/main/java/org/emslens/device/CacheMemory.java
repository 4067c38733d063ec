package org.emslens.device;

import org.emslens.cache.CompressionPlan;
import org.emslens.cache.LayerState;
import org.emslens.cache.Precision;

/**
 * Slots of all KV heads in a device's memory, in ascending order of position within each head, with
 * the attention statistics that policies score by. Used by one thread.
 */
public interface CacheMemory extends AutoCloseable {

  int slots(int layer, int kvHead);

  /** What policies see of a layer. */
  LayerState state(int layer);

  /**
   * Executes a plan that was made for just this state, in its zero-class form: every slot adds its
   * weighted value (and, where keys take the mean direction, its unit key) to its class, classes
   * are normalised, the zero class is dropped. Of a class whose weights are all 0, the plain mean.
   * Sums of attention and the remembered rows of members add into their centre's, sums as if the
   * members had been seen as often as it.
   */
  void apply(CompressionPlan plan);

  /**
   * Rounds the slots from[a] to to[a] - 1 of each head a, those of the first layer first, as {@link
   * Precision#round} says. Groups begin at from[a]: of keys {@link Precision#GROUP} slots, channel
   * by channel, of values as many channels, slot by slot.
   */
  void round(Precision precision, int[] from, int[] to);

  /** An independent copy; what never changes may be shared. */
  CacheMemory copy();

  /**
   * Forgets all but the first slots of a cache that was never compressed; statistics of the kept
   * ones are not taken back.
   *
   * @throws IllegalStateException where it was compressed or holds fewer
   */
  void truncate(int slots);

  /** A copy of one head's keys [slots, d]. */
  float[] keys(int layer, int kvHead);

  /** A copy of one head's values [slots, d]. */
  float[] values(int layer, int kvHead);

  /** A copy of one head's logit biases [slots]. */
  float[] bias(int layer, int kvHead);

  @Override
  void close();
}
