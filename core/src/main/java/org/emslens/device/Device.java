package org.emslens.device;

import java.util.List;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.NormSpec;
import org.emslens.model.RopeSpec;

/**
 * The operations that a forward pass is made of, on memory that the device owns. Whoever implements
 * these, {@link PromptMemory} and {@link CacheMemory} as this page says has a device that runs
 * every model: n tokens at a time, n = 1 being decoding.
 *
 * <p>Numbers are float32 wherever they cross this interface, in both directions; how they are
 * stored or added up within is the device's affair, so long as results agree with those of the
 * device `plain` to 1e-3 of the largest. Tensors are row-major, one token a row; where an operation
 * takes n, the first n rows take part and the others stay as they are. Outputs must not be inputs
 * unless a method says so. One thread at a time uses a device, but {@link PromptMemory#map} and
 * {@link PromptMemory#most} may be called by any, at any time.
 *
 * <p>In formulas, x[t] is row t; h counts the H query heads, g = h / (H / G) is the KV head that h
 * reads, d the size of a head.
 */
public interface Device extends WeightMemory, AutoCloseable {

  /** What it is called on the command line. */
  String id();

  /** What it is and computes with, as shown to users. */
  String name();

  /** Bytes of its memory that nobody uses now; 0 where it is not known. */
  long freeBytes();

  /** Whether it has memory of its own, so that the processor's is there besides. */
  default boolean hasOwnMemory() {
    return false;
  }

  /** A tensor of zeros. */
  Tensor tensor(int rows, int columns);

  /** Writes whole rows: row r of `to` becomes from[start + (r - row) * columns ...). */
  void upload(float[] from, int start, Tensor to, int row, int rows);

  /** Reads whole rows, likewise. */
  void download(Tensor from, int row, int rows, float[] into, int start);

  @Override
  default Tensor vector(float[] values) {
    Tensor t = tensor(1, values.length);
    upload(values, 0, t, 0, 1);
    return t;
  }

  /** Where a layer's weights belong, counted from 0; those of the output are the last layer's. */
  default WeightMemory weights(int layer) {
    return this;
  }

  /**
   * y[t] = W x[t] + b.
   *
   * @param bias [1, out], or null
   * @param x [.., in]
   * @param y [.., out]
   */
  void linear(Matrix weight, Tensor bias, Tensor x, Tensor y, int n);

  /**
   * RMS: y = x / sqrt(mean(x^2) + epsilon) * weight. LAYER: y = (x - mean) / sqrt(variance +
   * epsilon) * weight + bias.
   *
   * @param weight [1, columns]; likewise bias, which may be null
   * @param y may be x
   */
  void norm(
      NormSpec.Kind kind, float epsilon, Tensor weight, Tensor bias, Tensor x, Tensor y, int n);

  /**
   * RMS normalisation, in place, of parts of each row: `parts` times as many numbers as `weight`
   * has, one after the other from column `from` on, each with the same weight.
   *
   * @param weight [1, numbers of a part]
   */
  void normParts(float epsilon, Tensor weight, Tensor x, int from, int parts, int n);

  /**
   * Turns the first heads * headDim numbers of each row, head by head, in place. A pair (a, b) at
   * position p becomes magnitude * (a cos - b sin, b cos + a sin) of the angle p * frequency, the
   * angle rounded to float32.
   *
   * @param positions of the rows [n]
   */
  void rotate(RopeSpec rope, Tensor x, int heads, int headDim, int[] positions, int n);

  /**
   * y = activation(gate) * up where x holds gate and up side by side [.., 2 w]; else y =
   * activation(x).
   *
   * @param y [.., w]
   */
  void activate(Activation activation, boolean gated, Tensor x, Tensor y, int n);

  /** x += factor * y. */
  void add(Tensor x, Tensor y, float factor, int n);

  /**
   * Of each row the `used` experts with the largest p[t] = softmax(router[t]) (of equals the
   * first), with w = p, or p over its sum over those:
   *
   * <pre>
   * y[t] = sum over e of w[t, e] down[e] a, where a = activation(gate[e] x[t]) * (up[e] x[t])
   * </pre>
   *
   * @param up gate and up of each expert, one below the other [2 w, in]
   * @param down of each expert [out, w]
   * @param router [.., experts]
   * @param renormalised whether w sums to 1
   */
  default void experts(
      Activation activation,
      List<Matrix> up,
      List<Matrix> down,
      Tensor router,
      int used,
      boolean renormalised,
      Tensor x,
      Tensor y,
      int n) {
    new RoutedExperts(this, activation, up, down).run(router, used, renormalised, x, y, n);
  }

  /**
   * Room for a prompt's attention.
   *
   * @param layers first to last
   * @param lastRows how many of the last queries' attention rows are kept, at most `tokens`
   */
  PromptMemory prompt(List<AttentionSpec.Shape> layers, int tokens, int lastRows);

  /** A prompt whose attention was computed elsewhere, such as a recording's. */
  PromptMemory prompt(List<AttentionSpec.Shape> layers, List<PromptLayer> kept);

  /**
   * Causal attention of tokens first ... first + n - 1 of a prompt over all tokens so far; keeps
   * their queries, keys and values, and gathers the prompt's statistics on the way (see {@link
   * PromptLayer}). Calls come in order of `first` for each layer. With c(x) = scale * x, or softCap
   * * tanh(scale * x / softCap), and j only where {@link AttentionSpec.Shape#reaches}:
   *
   * <pre>
   * p[h, t, j] = softmax over j <= t of c(q[h, t] . k[g, j]),   y[t, h] = sum over j of p[h, t, j] v[g, j]
   * </pre>
   *
   * p is 0 for keys that are not reached.
   *
   * @param qkv queries, keys and values side by side, queries and keys rotated [.., (H + 2 G) d]
   * @param y [.., H d]
   */
  void attend(PromptMemory prompt, int layer, Tensor qkv, int first, int n, Tensor y);

  /**
   * One token each for several caches: row t's key and value become a slot of caches[t], whose
   * position is `positions[t]`; then its queries attend to all slots of that cache, biases b
   * included:
   *
   * <pre>
   * p[h, j] = softmax over j of (c(q[h] . k[g, j]) + b[g, j]),   y[h] = sum over j of p[h, j] v[g, j]
   * </pre>
   *
   * p, averaged over the heads of a group, is added to the cache's statistics. Slots whose position
   * is not reached have p = 0, and this query does not count among those that could see them.
   *
   * @param qkv as above; likewise y
   * @param taps one per cache, filled with y by the time that something is next downloaded, and
   *     with p then or as soon as it comes ({@link DecodeTap#later}); null entries tap nothing
   */
  void attend(
      List<CacheMemory> caches,
      int layer,
      Tensor qkv,
      int[] positions,
      Tensor y,
      List<DecodeTap> taps);

  /**
   * Several tokens for one cache: as n calls with one, but at once.
   *
   * @param row of qkv and of y where they begin
   * @param first position of the first of them
   */
  void attendMany(CacheMemory cache, int layer, Tensor qkv, int row, int first, int n, Tensor y);

  /** Does what makes a first use slow, such as compiling, on a thread that has the time. */
  default void warmUp() {}

  @Override
  void close();
}
