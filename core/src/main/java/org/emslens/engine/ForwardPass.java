package org.emslens.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.emslens.cache.CacheOptions;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.KeyUse;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.format.TensorSource;
import org.emslens.model.AttentionSpec;
import org.emslens.model.Model;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelSpec;

/**
 * Runs a model on a device: the only place that knows in which order a layer does things, for a
 * prompt as for one token, for every family and device. Used by one thread.
 */
public final class ForwardPass implements AutoCloseable {
  /** Tokens of a prompt at a time, so that activations need memory for so many only. */
  private static final int BLOCK = 1024;

  /** Positions whose logits are made at a time. */
  private static final int LOGITS = 8;

  private final ModelConfig config;
  private final ModelSpec spec;
  private final TensorSource weights;
  private final Device device;
  private final List<LoadedLayer> layers = new ArrayList<>();
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

  /** How a layer's queries, keys and values become its heads' outputs. */
  @FunctionalInterface
  private interface Attention {
    void attend(int layer, Tensor queryKeyValue, Tensor outputs);
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
      load(progress);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void load(Progress progress) {
    int n = spec.layers().size();
    LoadedLayer[] made = new LoadedLayer[n];
    AtomicInteger done = new AtomicInteger();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    IntStream.range(0, n)
        .parallel()
        .forEach(
            l -> {
              try {
                if (failures.isEmpty()) {
                  made[l] = LoadedLayer.of(device, weights, spec.layers().get(l));
                  progress.at(done.incrementAndGet() / (n + 1.0));
                }
              } catch (RuntimeException | Error e) {
                failures.add(e);
              }
            });
    for (LoadedLayer l : made) {
      if (l != null) {
        layers.add(l);
      }
    }
    switch (failures.peek()) {
      case null -> {}
      case Error e -> throw e;
      case Throwable e -> throw (RuntimeException) e;
    }
    finalNorm = LoadedLayer.Norm.of(device, weights, spec.finalNorm());
    output = LoadedLayer.Linear.of(device, weights, spec.output());
    few = new Activations(device, spec, 1, true);
    progress.at(1);
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
        embed(ids, at, size, a.x);
        walk(
            a,
            size,
            IntStream.range(at, at + size).toArray(),
            (l, qkv, out) -> {
              progress.at((start + (double) size * l / layers.size()) / n);
              device.attend(memory, l, qkv, start, size, out);
            },
            wanted);
        if (sink != null) {
          logits(a, at, size, logits, sink);
        } else if (wanted) {
          last(a, size, logits);
        }
        progress.at((at + size) / (double) n);
      }
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
    return new Prompt(config, ids.clone(), memory, logits);
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
   * @param feeds for different caches
   * @return logits [vocab] for each
   */
  public List<float[]> step(List<Feed> feeds) {
    int n = feeds.size();
    roomFor(n);
    int[] ids = feeds.stream().mapToInt(Feed::token).toArray();
    int[] positions = feeds.stream().mapToInt(f -> f.cache().seen()).toArray();
    List<CacheMemory> caches = feeds.stream().map(f -> f.cache().memory()).toList();
    List<DecodeTap> taps = new ArrayList<>();
    feeds.forEach(f -> taps.add(f.tap()));
    embed(ids, 0, n, few.x);
    walk(
        few,
        n,
        positions,
        (l, qkv, out) -> device.attend(caches, l, qkv, positions, out, taps),
        true);
    feeds.forEach(f -> f.cache().advance());
    finalNorm.apply(device, few.x, few.normed, n);
    output.apply(device, few.normed, few.logits, n);
    List<float[]> all = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      float[] logits = new float[spec.vocab()];
      device.download(few.logits, t, 1, logits, 0);
      all.add(logits);
    }
    return all;
  }

  /**
   * Runs several tokens for one cache at once, from position {@link Cache#seen} on.
   *
   * @param use given what they made of the slots that were there before, or null
   * @return logits of the last of them [vocab]
   */
  public float[] extend(Cache cache, int[] ids, KeyUse use, Progress progress) {
    float[] logits = new float[spec.vocab()];
    int n = ids.length;
    try (Activations a = new Activations(device, spec, n, false)) {
      int first = cache.seen();
      embed(ids, 0, n, a.x);
      walk(
          a,
          n,
          IntStream.range(first, first + n).toArray(),
          (l, qkv, out) -> {
            progress.at((double) l / layers.size());
            device.attendMany(cache.memory(), l, qkv, first, n, out, use);
          },
          true);
      for (int i = 0; i < n; i++) {
        cache.advance();
      }
      last(a, n, logits);
    }
    return logits;
  }

  /** Sees to it that so many tokens, and their logits, fit between operations. */
  private void roomFor(int tokens) {
    if (few.rows < tokens) {
      few.close();
      few = new Activations(device, spec, tokens, true);
    }
  }

  private void embed(int[] ids, int from, int n, Tensor x) {
    float[] row = new float[spec.hidden()];
    for (int t = 0; t < n; t++) {
      weights.read(spec.embedding(), (long) ids[from + t] * row.length, row);
      device.upload(row, 0, x, t, 1);
    }
  }

  /**
   * All layers, one after the other, on n tokens in a.x.
   *
   * @param whole whether the last layer's output is wanted, or only what its attention keeps
   */
  private void walk(Activations a, int n, int[] positions, Attention attention, boolean whole) {
    for (int l = 0; l < layers.size(); l++) {
      LoadedLayer layer = layers.get(l);
      AttentionSpec.Shape shape = layer.spec().attention().shape();
      layer.attentionNorm().apply(device, a.x, a.normed, n);
      layer.queryKeyValue().apply(device, a.normed, a.queryKeyValue, n);
      device.rotate(
          layer.spec().attention().rope(),
          a.queryKeyValue,
          shape.heads() + shape.kvHeads(),
          shape.headDim(),
          positions,
          n);
      attention.attend(l, a.queryKeyValue, a.mixed);
      if (l == layers.size() - 1 && !whole) {
        return;
      }
      layer.attentionOutput().apply(device, a.mixed, a.added, n);
      device.add(a.x, a.added, n);
      layer.feedForwardNorm().apply(device, a.x, a.normed, n);
      layer.up().apply(device, a.normed, a.up, n);
      device.activate(
          layer.spec().feedForward().activation(),
          layer.spec().feedForward().gated(),
          a.up,
          a.inner,
          n);
      layer.down().apply(device, a.inner, a.added, n);
      device.add(a.x, a.added, n);
    }
  }

  /** Logits of the last of n tokens. */
  private void last(Activations a, int n, float[] logits) {
    rows(a, n - 1, 1);
    device.download(few.logits, 0, 1, logits, 0);
  }

  private void logits(Activations a, int position, int n, float[] row, LogitsSink sink) {
    roomFor(LOGITS);
    for (int t = 0; t < n; t += LOGITS) {
      int count = Math.min(LOGITS, n - t);
      rows(a, t, count);
      for (int i = 0; i < count; i++) {
        device.download(few.logits, i, 1, row, 0);
        sink.accept(position + t + i, row);
      }
    }
  }

  private void rows(Activations a, int from, int count) {
    float[] some = new float[count * spec.hidden()];
    device.download(a.x, from, count, some, 0);
    device.upload(some, 0, few.x, 0, count);
    finalNorm.apply(device, few.x, few.normed, count);
    output.apply(device, few.normed, few.logits, count);
  }

  @Override
  public void close() {
    layers.forEach(LoadedLayer::close);
    layers.clear();
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

  /** What lies between operations, for so many tokens; shared by all layers. */
  private static final class Activations implements AutoCloseable {
    private final int rows;
    private final Tensor x;
    private final Tensor normed;
    private final Tensor queryKeyValue;
    private final Tensor mixed;
    private final Tensor added;
    private final Tensor up;
    private final Tensor inner;
    private final Tensor logits;

    Activations(Device device, ModelSpec spec, int rows, boolean withLogits) {
      this.rows = rows;
      AttentionSpec.Shape shape = spec.layers().getFirst().attention().shape();
      boolean gated = spec.layers().getFirst().feedForward().gated();
      int width = spec.layers().getFirst().feedForward().width();
      x = device.tensor(rows, spec.hidden());
      normed = device.tensor(rows, spec.hidden());
      queryKeyValue = device.tensor(rows, shape.queryWidth() + 2 * shape.kvWidth());
      mixed = device.tensor(rows, shape.queryWidth());
      added = device.tensor(rows, spec.hidden());
      up = device.tensor(rows, gated ? 2 * width : width);
      inner = device.tensor(rows, width);
      logits = device.tensor(withLogits ? rows : 0, spec.vocab());
    }

    @Override
    public void close() {
      for (Tensor t : List.of(x, normed, queryKeyValue, mixed, added, up, inner, logits)) {
        t.close();
      }
    }
  }
}
