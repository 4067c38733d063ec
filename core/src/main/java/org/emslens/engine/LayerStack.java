package org.emslens.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.emslens.device.Device;
import org.emslens.device.Tensor;
import org.emslens.format.TensorSource;
import org.emslens.model.AttentionSpec;
import org.emslens.model.FeedForwardSpec;
import org.emslens.model.LayerSpec;
import org.emslens.model.ModelSpec;
import org.emslens.model.NormSpec;

/**
 * A model's layers in a device's memory: the only place that knows in which order a layer does
 * things, for a prompt as for one token.
 */
final class LayerStack implements AutoCloseable {
  private final Device device;
  private final List<LoadedLayer> layers = new ArrayList<>();

  /** How a layer's queries, keys and values become its heads' outputs. */
  @FunctionalInterface
  interface Attention {
    void attend(int layer, Tensor queryKeyValue, Tensor outputs);
  }

  private LayerStack(Device device) {
    this.device = device;
  }

  /**
   * Loads all weights, several layers at once.
   *
   * @param progress throws to stop, which leaves nothing behind
   */
  static LayerStack load(ModelSpec spec, TensorSource weights, Device device, Progress progress) {
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
                  made[l] = LoadedLayer.of(device.weights(l), weights, spec.layers().get(l));
                  progress.at((double) done.incrementAndGet() / n);
                }
              } catch (RuntimeException | Error e) {
                failures.add(e);
              }
            });
    LayerStack stack = new LayerStack(device);
    for (LoadedLayer l : made) {
      if (l != null) {
        stack.layers.add(l);
      }
    }
    if (!failures.isEmpty()) {
      stack.close();
    }
    switch (failures.peek()) {
      case null -> {}
      case Error e -> throw e;
      case Throwable e -> throw (RuntimeException) e;
    }
    return stack;
  }

  int count() {
    return layers.size();
  }

  /**
   * All layers, one after the other, on n tokens in a.x.
   *
   * @param prompt how many tokens the prompt has or had that these belong to
   * @param whole whether the last layer's output is wanted, or only what its attention keeps
   */
  void walk(Activations a, int n, int[] positions, int prompt, Attention attention, boolean whole) {
    for (int l = 0; l < layers.size(); l++) {
      LoadedLayer layer = layers.get(l);
      LayerSpec s = layer.spec();
      Tensor read = normed(layer.attentionNorm(), a.x, a, n);
      Tensor mixed = attention(a, l, read, n, positions, prompt, attention);
      if (l == layers.size() - 1 && !whole) {
        return;
      }
      layer.attentionOutput().apply(device, mixed, a.added, n);
      inPlace(layer.attentionOutputNorm(), a.added, n);
      if (s.parallel()) {
        Tensor also =
            layer.feedForwardNorm() == null ? read : normed(layer.feedForwardNorm(), a.x, a, n);
        feedForward(layer, a, also, a.alsoAdded(), n);
        device.add(a.x, a.added, s.residualScale(), n);
        device.add(a.x, a.alsoAdded(), s.residualScale(), n);
      } else {
        device.add(a.x, a.added, s.residualScale(), n);
        feedForward(layer, a, normed(layer.feedForwardNorm(), a.x, a, n), a.added, n);
        device.add(a.x, a.added, s.residualScale(), n);
      }
    }
  }

  private Tensor normed(LoadedLayer.Norm norm, Tensor x, Activations a, int n) {
    if (norm == null) {
      return x;
    }
    norm.apply(device, x, a.normed, n);
    return a.normed;
  }

  private void inPlace(LoadedLayer.Norm norm, Tensor x, int n) {
    if (norm != null) {
      norm.apply(device, x, x, n);
    }
  }

  /** What a layer's heads mix. */
  private Tensor attention(
      Activations a, int l, Tensor read, int n, int[] positions, int prompt, Attention attention) {
    LoadedLayer layer = layers.get(l);
    AttentionSpec s = layer.spec().attention();
    AttentionSpec.Shape shape = s.shape();
    Tensor qkv = a.of(Activations.Use.QKV, shape.queryWidth() + 2 * shape.kvWidth());
    layer.queryKeyValue().apply(device, read, qkv, n);
    parts(s.queryNorm(), layer.queryNorm(), qkv, 0, shape.queryWidth(), n);
    parts(s.keyNorm(), layer.keyNorm(), qkv, shape.queryWidth(), shape.kvWidth(), n);
    if (s.rope() != null) {
      int heads = shape.heads() + shape.kvHeads();
      device.rotate(s.rope().at(prompt), qkv, heads, shape.headDim(), positions, n);
    }
    Tensor mixed = a.of(Activations.Use.MIXED, shape.queryWidth());
    attention.attend(l, qkv, mixed);
    return mixed;
  }

  private void parts(NormSpec norm, Tensor weight, Tensor x, int from, int width, int n) {
    if (norm != null) {
      device.normParts(norm.epsilon(), weight, x, from, width / weight.columns(), n);
    }
  }

  private void feedForward(LoadedLayer layer, Activations a, Tensor read, Tensor added, int n) {
    switch (layer.feedForward()) {
      case LoadedLayer.Dense d -> {
        int width = d.spec().width();
        Tensor up = a.of(Activations.Use.UP, d.spec().gated() ? 2 * width : width);
        Tensor inner = a.of(Activations.Use.INNER, width);
        d.up().apply(device, read, up, n);
        device.activate(d.spec().activation(), d.spec().gated(), up, inner, n);
        d.down().apply(device, inner, added, n);
      }
      case LoadedLayer.Experts e -> {
        FeedForwardSpec.Experts s = e.spec();
        Tensor router = a.of(Activations.Use.ROUTER, s.experts().size());
        e.router().apply(device, read, router, n);
        device.experts(
            s.experts().getFirst().activation(),
            e.up(),
            e.down(),
            router,
            s.used(),
            s.renormalised(),
            read,
            added,
            n);
      }
    }
    inPlace(layer.feedForwardOutputNorm(), added, n);
  }

  @Override
  public void close() {
    layers.forEach(LoadedLayer::close);
    layers.clear();
  }
}
