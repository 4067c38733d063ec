package org.emslens.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.format.TensorSource;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;
import org.emslens.model.LayerSpec;
import org.emslens.model.Model;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelSpec;
import org.emslens.model.Rope;

/**
 * Runs a model on a device: a prompt, what follows it apart, or tokens for caches, of every family
 * and on every device. Used by one thread.
 */
public final class ForwardPass implements AutoCloseable {
  /** Tokens of a prompt at a time, so that activations need memory for so many only. */
  private static final int BLOCK = 1024;

  /**
   * Logits that are made at a time, as many positions as that is: weights are read for each lot.
   */
  private static final int LOGITS = 1 << 23;

  /** Positions at a time, however few logits each has. */
  private static final int LOGIT_ROWS = 256;

  private final ModelConfig config;
  private final ModelSpec spec;
  private final TensorSource weights;
  private final Device device;
  private LayerStack layers;
  private LoadedLayer.Norm finalNorm;
  private LoadedLayer.Linear output;
  private Activations few;

  /** Receives the logits of one position [vocab]; the array is reused. */
  @FunctionalInterface
  public interface LogitsSink {
    void accept(int position, float[] logits);
  }

  /**
   * One token for one cache.
   *
   * @param tap filled with what it taps, or null
   */
  public record Feed(Cache cache, int token, DecodeTap tap) {}

  /**
   * Several tokens for one cache, from position {@link Cache#seen} on.
   *
   * @param ids at least one
   * @param sink given the logits after each of them, by its place among them, or null
   * @param taps of outputs only, one for each of the first tokens; null entries tap nothing
   */
  public record Passage(Cache cache, int[] ids, LogitsSink sink, List<DecodeTap> taps) {

    private IntStream positions() {
      return IntStream.range(cache.seen(), cache.seen() + ids.length);
    }

    private void passed() {
      for (int i = 0; i < ids.length; i++) {
        cache.advance();
      }
    }
  }

  /** Told how long hidden states are. */
  @FunctionalInterface
  public interface HiddenLengths {

    /**
     * @param token which of those that are run
     * @param length of its hidden state where it enters the layer
     */
    void at(int layer, int token, float length);
  }

  /**
   * Loads all weights into the device's memory; model and device stay open as long as this.
   *
   * @param progress throws to stop, which leaves nothing behind
   */
  public ForwardPass(Model model, Device device, Progress progress) {
    config = model.config();
    spec = model.spec();
    weights = model.weights();
    this.device = device;
    try {
      int n = spec.layers().size();
      layers = LayerStack.load(spec, weights, device, done -> progress.at(done * n / (n + 1)));
      finalNorm = LoadedLayer.Norm.of(device.weights(n - 1), weights, spec.finalNorm());
      output = LoadedLayer.Linear.of(device.weights(n - 1), weights, spec.output());
      few = new Activations(device, spec, 1, true);
      progress.at(1);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  public ModelConfig config() {
    return config;
  }

  /** What it computes with, as shown to users. */
  public String device() {
    return device.name();
  }

  /**
   * Runs a whole prompt with a full cache.
   *
   * @param ids token ids, at least one
   * @param sink given the logits of every position in order, or null
   * @param progress told how far it is; throws to stop
   * @throws CancellationException where `progress` was cancelled
   */
  public Prompt prompt(int[] ids, LogitsSink sink, Progress progress) {
    int n = ids.length;
    PromptMemory memory =
        device.prompt(spec.attention(), n, Math.min(n, CacheOptions.EMS.window()));
    float[] logits = new float[spec.vocab()];
    try (Activations a = new Activations(device, spec, Math.min(n, BLOCK), false)) {
      for (int at = 0; at < n; at += BLOCK) {
        int start = at;
        int size = Math.min(BLOCK, n - at);
        boolean wanted = sink != null || at + size == n;
        int[] positions = IntStream.range(at, at + size).toArray();
        embed(ids, at, positions, a.x);
        layers.walk(
            a,
            size,
            positions,
            n,
            (l, qkv, out) -> {
              progress.at((start + (double) size * l / layers.count()) / n);
              device.attend(memory, l, qkv, start, size, out);
            },
            wanted);
        if (sink != null) {
          logits(a, size, at, logits, sink);
        } else if (wanted) {
          last(a, size, logits);
        }
        progress.at((at + size) / (double) n);
      }
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
    return new Prompt(config, spec.attention(), ids.clone(), memory, logits, new PromptScores());
  }

  /**
   * Runs tokens that follow a prompt as if they had been part of it, apart from it.
   *
   * @param memory {@link PromptMemory#continued} of the prompt, which then holds their queries
   * @param lengths told of each hidden state before the layer attends, or null
   */
  public void follow(
      Prompt prompt, PromptMemory memory, int[] ids, HiddenLengths lengths, Progress progress) {
    int n = ids.length;
    try (Activations a = new Activations(device, spec, Math.min(n, BLOCK), false)) {
      float[] hidden = new float[Math.min(n, BLOCK) * spec.hidden()];
      for (int at = 0; at < n; at += BLOCK) {
        int start = at;
        int size = Math.min(BLOCK, n - at);
        int first = prompt.tokens() + at;
        int[] positions = IntStream.range(first, first + size).toArray();
        embed(ids, at, positions, a.x);
        layers.walk(
            a,
            size,
            positions,
            prompt.tokens(),
            (l, qkv, out) -> {
              progress.at((start + (double) size * l / layers.count()) / n);
              if (lengths != null) {
                device.download(a.x, 0, size, hidden, 0);
                for (int t = 0; t < size; t++) {
                  float length = RowProducts.norm(hidden, t * spec.hidden(), spec.hidden());
                  lengths.at(l, start + t, length);
                }
              }
              device.attend(memory, l, qkv, first, size, out);
            },
            false);
      }
    }
    progress.at(1);
  }

  /**
   * Runs one token at position {@link Cache#seen}: appends its slots, attends with slot biases,
   * updates the cache's statistics.
   *
   * @param tap filled with what it taps, or null
   * @return logits [vocab]
   */
  public float[] step(Cache cache, int token, DecodeTap tap) {
    return step(List.of(new Feed(cache, token, tap))).getFirst();
  }

  /**
   * Runs one token for each of several caches, as one batch: weights are read once.
   *
   * @param feeds for different caches, whose prompts are of one length where the model's rotation
   *     depends on that
   * @return logits [vocab] for each
   */
  public List<float[]> step(List<Feed> feeds) {
    int n = feeds.size();
    feeds.forEach(f -> f.cache().settle());
    roomFor(n);
    int[] ids = feeds.stream().mapToInt(Feed::token).toArray();
    int[] positions = feeds.stream().mapToInt(f -> f.cache().seen()).toArray();
    List<CacheMemory> caches = feeds.stream().map(f -> f.cache().memory()).toList();
    List<DecodeTap> taps = new ArrayList<>();
    feeds.forEach(f -> taps.add(f.tap()));
    embed(ids, 0, positions, few.x);
    layers.walk(
        few,
        n,
        positions,
        promptOf(feeds.stream().map(Feed::cache).toList()),
        (l, qkv, out) -> device.attend(caches, l, qkv, positions, out, taps),
        true);
    feeds.forEach(f -> f.cache().advance());
    finalNorm.apply(device, few.x, few.normed, n);
    output.apply(device, few.normed, few.logits, n);
    List<float[]> all = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      float[] logits = new float[spec.vocab()];
      download(t, logits);
      all.add(logits);
    }
    return all;
  }

  /**
   * Runs several tokens for each of several caches at once: as so many steps, of which there are at
   * most {@link Cache#untilSettled}, but weights are read once for all of them.
   *
   * @param passages for different caches, which have seen as many tokens and whose prompts are of
   *     one length where the model's rotation depends on that; memory is taken for all together
   */
  public void extend(List<Passage> passages, Progress progress) {
    List<Cache> caches = passages.stream().map(Passage::cache).toList();
    caches.forEach(Cache::settle);
    int[] ids = passages.stream().flatMapToInt(p -> IntStream.of(p.ids)).toArray();
    int[] positions = passages.stream().flatMapToInt(Passage::positions).toArray();
    try (Activations a = new Activations(device, spec, ids.length, false)) {
      embed(ids, 0, positions, a.x);
      layers.walk(
          a,
          ids.length,
          positions,
          promptOf(caches),
          (l, qkv, out) -> {
            progress.at((double) l / layers.count());
            int row = 0;
            for (Passage p : passages) {
              int n = p.ids.length;
              device.attendMany(p.cache.memory(), l, qkv, row, p.cache.seen(), n, out);
              tap(p.taps, l, out, row);
              row += n;
            }
          },
          passages.stream().anyMatch(p -> p.sink != null));
      passages.forEach(Passage::passed);
      if (passages.stream().anyMatch(p -> p.sink != null)) {
        logits(a, ids.length, 0, new float[spec.vocab()], byPassage(passages));
      }
    }
  }

  /** Tells each passage of its own rows. */
  private static LogitsSink byPassage(List<Passage> passages) {
    List<LogitsSink> sinks = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (Passage p : passages) {
      for (int i = 0; i < p.ids.length; i++) {
        sinks.add(p.sink);
        places.add(i);
      }
    }
    return (row, logits) -> {
      if (sinks.get(row) != null) {
        sinks.get(row).accept(places.get(row), logits);
      }
    };
  }

  /** Hands out what a layer's heads mixed, row by row. */
  private void tap(List<DecodeTap> taps, int layer, Tensor outputs, int row) {
    if (taps.stream().allMatch(Objects::isNull)) {
      return;
    }
    AttentionSpec.Shape shape = spec.layers().get(layer).attention().shape();
    float[] all = new float[taps.size() * shape.queryWidth()];
    device.download(outputs, row, taps.size(), all, 0);
    for (int t = 0; t < taps.size(); t++) {
      for (int h = 0; h < shape.heads() && taps.get(t) != null; h++) {
        int at = t * shape.queryWidth() + h * shape.headDim();
        taps.get(t).output(layer * shape.heads() + h, all, at, shape.headDim());
      }
    }
  }

  private int promptOf(List<Cache> caches) {
    int prompt = caches.getFirst().prompt();
    for (Cache c : caches) {
      int other = c.prompt();
      for (LayerSpec l : other == prompt ? List.<LayerSpec>of() : spec.layers()) {
        Rope rope = l.attention().rope();
        if (rope != null && !rope.at(other).equals(rope.at(prompt))) {
          throw new IllegalArgumentException(
              "prompts of " + prompt + " and " + other + " tokens are turned differently");
        }
      }
    }
    return prompt;
  }

  /** Sees to it that so many tokens, and their logits, fit between operations. */
  private void roomFor(int tokens) {
    if (few == null || few.rows() < tokens) {
      if (few != null) {
        few.close();
        // Where there is no room for more, what is closed is not used again.
        few = null;
      }
      few = new Activations(device, spec, tokens, true);
    }
  }

  private void embed(int[] ids, int from, int[] positions, Tensor x) {
    float[] row = new float[spec.hidden()];
    float[] position = new float[row.length];
    float[] all = new float[positions.length * row.length];
    for (int t = 0; t < positions.length; t++) {
      weights.read(spec.embedding(), (long) ids[from + t] * row.length, row);
      for (int i = 0; i < row.length; i++) {
        row[i] *= spec.embeddingScale();
      }
      if (spec.positions() != null) {
        weights.read(spec.positions(), (long) positions[t] * row.length, position);
        for (int i = 0; i < row.length; i++) {
          row[i] += position[i];
        }
      }
      System.arraycopy(row, 0, all, t * row.length, row.length);
    }
    // A card would rather be written to once.
    device.upload(all, 0, x, 0, positions.length);
  }

  /** Logits of the last of n tokens. */
  private void last(Activations a, int n, float[] logits) {
    rows(a, n - 1, 1);
    download(0, logits);
  }

  /** Hands out the logits of n rows, which are of positions from one on. */
  private void logits(Activations a, int n, int position, float[] row, LogitsSink sink) {
    int atOnce = Math.min(n, Math.clamp(LOGITS / spec.vocab(), 8, LOGIT_ROWS));
    roomFor(atOnce);
    for (int t = 0; t < n; t += atOnce) {
      int count = Math.min(atOnce, n - t);
      rows(a, t, count);
      for (int i = 0; i < count; i++) {
        download(i, row);
        sink.accept(position + t + i, row);
      }
    }
  }

  /** Reads a row of logits, as the model means them. */
  private void download(int row, float[] logits) {
    device.download(few.logits, row, 1, logits, 0);
    float cap = spec.logitSoftCap();
    if (spec.logitScale() != 1 || cap > 0) {
      for (int i = 0; i < logits.length; i++) {
        float x = logits[i] * spec.logitScale();
        logits[i] = cap > 0 ? (float) (cap * Math.tanh(x / cap)) : x;
      }
    }
  }

  private void rows(Activations a, int from, int count) {
    roomFor(count);
    float[] some = new float[count * spec.hidden()];
    device.download(a.x, from, count, some, 0);
    device.upload(some, 0, few.x, 0, count);
    finalNorm.apply(device, few.x, few.normed, count);
    output.apply(device, few.normed, few.logits, count);
  }

  @Override
  public void close() {
    if (layers != null) {
      layers.close();
    }
    if (finalNorm != null) {
      finalNorm.close();
    }
    if (output != null) {
      output.close();
    }
    if (few != null) {
      few.close();
    }
  }
}
