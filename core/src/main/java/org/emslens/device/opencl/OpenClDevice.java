package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.Matrix;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.NormSpec;
import org.emslens.model.RopeSpec;

/** Whatever a driver for OpenCL offers, a graphics card as a rule. */
final class OpenClDevice implements Device {
  private final Card card;
  private final Programs programs;
  private final Tuning tuning;
  private final Map<RopeSpec, Buffer> frequencies = new ConcurrentHashMap<>();

  /** Taps that are filled once somebody waits for the card anyway. */
  private final Map<DecodeTap, ClCache> taps = new IdentityHashMap<>();

  private Buffer positions;
  private int[] held = new int[0];

  OpenClDevice(Card card, ProgramCache cache) {
    this.card = card;
    programs = new Programs(card, cache);
    tuning = Tuning.of(card.info(), 1);
  }

  @Override
  public String id() {
    return card.info().id();
  }

  @Override
  public String name() {
    return card.info().name();
  }

  @Override
  public long freeBytes() {
    return card.free();
  }

  @Override
  public boolean hasOwnMemory() {
    return !card.info().unified();
  }

  @Override
  public Tensor tensor(int rows, int columns) {
    return new ClTensor(rows, columns, card.zeros((long) rows * columns));
  }

  @Override
  public void upload(float[] from, int start, Tensor to, int row, int rows) {
    int width = to.columns();
    card.write(from, start, rows * width, ClTensor.buffer(to), (long) row * width);
  }

  @Override
  public void download(Tensor from, int row, int rows, float[] into, int start) {
    int width = from.columns();
    // Gone first: one that fails is not asked for again.
    Map<DecodeTap, ClCache> asked = new IdentityHashMap<>(taps);
    taps.clear();
    List<Runnable> tapped = new ArrayList<>();
    asked.forEach((tap, cache) -> tapped.add(cache.readLater(tap)));
    card.read(ClTensor.buffer(from), (long) row * width, into, start, rows * width);
    tapped.forEach(Runnable::run);
  }

  @Override
  public Matrix matrix(TensorSource source, List<TensorInfo> parts) {
    return ClMatrix.of(card, source, parts);
  }

  @Override
  public void linear(Matrix weight, Tensor bias, Tensor x, Tensor y, int n) {
    ClMatrix m = (ClMatrix) weight;
    int from = 0;
    for (ClMatrix.Part p : m.parts()) {
      if (n <= Tuning.MANY || !tuning.multipliesTiles()) {
        for (int t = 0; t < n; t += Tuning.MANY) {
          few(m, p, from, bias, x, y, t, Math.min(Tuning.MANY, n - t));
        }
      } else {
        many(m, p, from, bias, x, y, n);
      }
      from += p.rows();
    }
  }

  private void few(
      ClMatrix m, ClMatrix.Part p, int from, Tensor bias, Tensor x, Tensor y, int t, int n) {
    programs
        .linear("few", p.packing(), m.in(), tuning)
        .run(
            new Grid(new long[] {p.tiles(), 1}, new long[] {Tuning.TILE_ROWS, tuning.parts()}),
            p.weights(),
            p.tileBytes(),
            p.wordsFrom(),
            p.blocks(),
            p.rows(),
            m.in(),
            ClTensor.buffer(x),
            orAny(bias, p.weights()),
            bias == null ? 0 : 1,
            ClTensor.buffer(y),
            m.out(),
            from,
            t,
            n,
            Local.floats((long) Tuning.TILE_ROWS * tuning.parts() * Tuning.MANY));
  }

  private void many(ClMatrix m, ClMatrix.Part p, int from, Tensor bias, Tensor x, Tensor y, int n) {
    long tiles = (p.rows() + tuning.tile() - 1) / tuning.tile();
    long tokens = (n + tuning.tile() - 1) / tuning.tile();
    programs
        .linear("many", p.packing(), m.in(), tuning)
        .run(
            new Grid(new long[] {tiles, tokens}, new long[] {16, 16}),
            p.weights(),
            p.tileBytes(),
            p.wordsFrom(),
            p.blocks(),
            p.rows(),
            m.in(),
            ClTensor.buffer(x),
            orAny(bias, p.weights()),
            bias == null ? 0 : 1,
            ClTensor.buffer(y),
            m.out(),
            from,
            n);
  }

  /** An argument that is not read where there is no such tensor. */
  private static Buffer orAny(Tensor t, Buffer any) {
    return t == null ? any : ClTensor.buffer(t);
  }

  @Override
  public void norm(
      NormSpec.Kind kind, float epsilon, Tensor weight, Tensor bias, Tensor x, Tensor y, int n) {
    programs
        .elementwise("norm", tuning)
        .run(
            Grid.groups(n, tuning.group()),
            ClTensor.buffer(x),
            ClTensor.buffer(y),
            ClTensor.buffer(weight),
            orAny(bias, ClTensor.buffer(weight)),
            x.columns(),
            epsilon,
            kind == NormSpec.Kind.LAYER ? 1 : 0,
            bias == null ? 0 : 1,
            Local.floats(tuning.group()));
  }

  @Override
  public void normParts(float epsilon, Tensor weight, Tensor x, int from, int parts, int n) {
    programs
        .elementwise("norm_parts", tuning)
        .run(
            Grid.groups(parts, n, tuning.keys()),
            ClTensor.buffer(x),
            ClTensor.buffer(weight),
            x.columns(),
            from,
            weight.columns(),
            epsilon,
            Local.floats(tuning.keys()));
  }

  @Override
  public void rotate(RopeSpec rope, Tensor x, int heads, int headDim, int[] at, int n) {
    if (!Arrays.equals(held, at)) {
      hold(at);
    }
    Buffer turns = frequencies.computeIfAbsent(rope, r -> card.of(r.frequencies()));
    int pairs = rope.dimensions() / 2;
    programs
        .elementwise("turn", tuning)
        .run(
            Grid.items((long) heads * pairs, n, tuning.keys()),
            ClTensor.buffer(x),
            positions,
            turns,
            x.columns(),
            heads,
            headDim,
            pairs,
            rope.pairs() == RopeSpec.Pairs.HALVES ? 1 : 0,
            rope.magnitude());
  }

  /** Positions are the same in all layers: they are written once. */
  private void hold(int[] at) {
    if (positions != null) {
      positions.close();
    }
    held = new int[0];
    positions = card.of(at);
    held = at.clone();
  }

  @Override
  public void activate(Activation activation, boolean gated, Tensor x, Tensor y, int n) {
    programs
        .elementwise("activate", tuning)
        .run(
            Grid.items(y.columns(), n, tuning.keys()),
            ClTensor.buffer(x),
            ClTensor.buffer(y),
            y.columns(),
            kind(activation),
            gated ? 1 : 0);
  }

  private static int kind(Activation activation) {
    return switch (activation) {
      case SILU -> 0;
      case GELU_TANH -> 1;
      case RELU -> 2;
      case GELU -> 3;
    };
  }

  @Override
  public void add(Tensor x, Tensor y, float factor, int n) {
    long count = (long) n * x.columns();
    programs
        .elementwise("add", tuning)
        .run(
            Grid.items(count, tuning.group()),
            ClTensor.buffer(x),
            ClTensor.buffer(y),
            factor,
            count);
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> layers, int tokens, int lastRows) {
    return new ClPrompt(card, programs, new Layers(layers), tokens, lastRows);
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> layers, List<PromptLayer> kept) {
    return ClPrompt.of(card, programs, new Layers(layers), kept);
  }

  @Override
  public void attend(PromptMemory prompt, int layer, Tensor qkv, int first, int n, Tensor y) {
    ((ClPrompt) prompt).attend(layer, ClTensor.buffer(qkv), first, n, ClTensor.buffer(y));
  }

  @Override
  public void attend(
      List<CacheMemory> caches, int layer, Tensor qkv, int[] at, Tensor y, List<DecodeTap> wanted) {
    for (int t = 0; t < caches.size(); t++) {
      ClCache cache = (ClCache) caches.get(t);
      long from = (long) t * qkv.columns();
      long to = (long) t * y.columns();
      cache.attend(layer, ClTensor.buffer(qkv), from, at[t], ClTensor.buffer(y), to);
      if (wanted.get(t) != null && layer == cache.layers().count() - 1) {
        taps.put(wanted.get(t), cache);
      }
    }
  }

  @Override
  public void attendMany(
      CacheMemory cache, int layer, Tensor qkv, int row, int first, int n, Tensor y) {
    ((ClCache) cache).attendMany(layer, ClTensor.buffer(qkv), row, first, n, ClTensor.buffer(y));
  }

  @Override
  public void close() {
    frequencies.values().forEach(Buffer::close);
    frequencies.clear();
    if (positions != null) {
      positions.close();
    }
    taps.clear();
    // A prompt that is still looked at, by whoever has its pictures, goes on until it is not.
    card.close(programs::close);
  }
}
