package org.emslens.device.split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.Matrix;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.device.WeightMemory;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.NormSpec;
import org.emslens.model.RopeSpec;

/**
 * Two devices, for a model that does not fit the first: that takes the first layers, the other one
 * the rest. Operations are done where their weights are, and what lies between them moves there,
 * once for each token or block of a prompt; what has no weights is done where its input is.
 */
public final class SplitDevice implements Device {
  private static final int FIRST = 0;
  private static final int REST = 1;

  private final Device[] sides;
  private final int cut;
  private final int layers;

  /** Whether something taps a side since something was read there. */
  private final boolean[] tapped = new boolean[2];

  /**
   * @param cut layers that the first device takes, at least one, of `layers`
   */
  public SplitDevice(Device first, Device rest, int cut, int layers) {
    sides = new Device[] {first, rest};
    this.cut = cut;
    this.layers = layers;
  }

  @Override
  public String id() {
    return sides[FIRST].id();
  }

  @Override
  public String name() {
    return cut
        + " of "
        + layers
        + " layers on "
        + sides[FIRST].name()
        + ", the rest on "
        + sides[REST].name();
  }

  @Override
  public boolean hasOwnMemory() {
    return sides[FIRST].hasOwnMemory();
  }

  @Override
  public long freeBytes() {
    return sides[FIRST].freeBytes();
  }

  private int side(int layer) {
    return layer < cut ? FIRST : REST;
  }

  private int within(int layer) {
    return layer < cut ? layer : layer - cut;
  }

  /** Weights of one side. */
  private record Side(SplitDevice device, int side) implements WeightMemory {

    @Override
    public Matrix matrix(TensorSource source, List<TensorInfo> parts) {
      return new SplitMatrix(side, device.sides[side].matrix(source, parts));
    }

    @Override
    public Tensor vector(float[] values) {
      Tensor t = new SplitTensor(device.sides, 1, values.length, side);
      device.upload(values, 0, t, 0, 1);
      return t;
    }
  }

  @Override
  public WeightMemory weights(int layer) {
    return new Side(this, side(layer));
  }

  @Override
  public Tensor tensor(int rows, int columns) {
    return new SplitTensor(sides, rows, columns, FIRST);
  }

  @Override
  public void upload(float[] from, int start, Tensor to, int row, int rows) {
    int side = sideOf(to);
    sides[side].upload(from, start, on(side, to), row, rows);
  }

  @Override
  public void download(Tensor from, int row, int rows, float[] into, int start) {
    int side = sideOf(from);
    sides[side].download(on(side, from), row, rows, into, start);
    if (tapped[1 - side]) {
      fillTaps(1 - side);
    }
    Arrays.fill(tapped, false);
  }

  /** Taps are filled when something is read. */
  private void fillTaps(int side) {
    try (Tensor any = sides[side].tensor(1, 1)) {
      sides[side].download(any, 0, 1, new float[1], 0);
    }
  }

  private static int sideOf(Tensor t) {
    return ((SplitTensor) t).side();
  }

  private static Tensor on(int side, Tensor t) {
    return t == null ? null : ((SplitTensor) t).on(side);
  }

  @Override
  public Matrix matrix(TensorSource source, List<TensorInfo> parts) {
    return weights(layers - 1).matrix(source, parts);
  }

  @Override
  public void linear(Matrix weight, Tensor bias, Tensor x, Tensor y, int n) {
    SplitMatrix w = (SplitMatrix) weight;
    int s = w.side();
    sides[s].linear(w.matrix(), on(s, bias), on(s, x), on(s, y), n);
  }

  @Override
  public void norm(
      NormSpec.Kind kind, float epsilon, Tensor weight, Tensor bias, Tensor x, Tensor y, int n) {
    int s = sideOf(weight);
    sides[s].norm(kind, epsilon, on(s, weight), on(s, bias), on(s, x), on(s, y), n);
  }

  @Override
  public void normParts(float epsilon, Tensor weight, Tensor x, int from, int parts, int n) {
    int s = sideOf(weight);
    sides[s].normParts(epsilon, on(s, weight), on(s, x), from, parts, n);
  }

  @Override
  public void rotate(RopeSpec rope, Tensor x, int heads, int headDim, int[] positions, int n) {
    int s = sideOf(x);
    sides[s].rotate(rope, on(s, x), heads, headDim, positions, n);
  }

  @Override
  public void activate(Activation activation, boolean gated, Tensor x, Tensor y, int n) {
    int s = sideOf(x);
    sides[s].activate(activation, gated, on(s, x), on(s, y), n);
  }

  @Override
  public void add(Tensor x, Tensor y, float factor, int n) {
    int s = sideOf(y);
    sides[s].add(on(s, x), on(s, y), factor, n);
  }

  @Override
  public void experts(
      Activation activation,
      List<Matrix> up,
      List<Matrix> down,
      Tensor router,
      int used,
      boolean renormalised,
      Tensor x,
      Tensor y,
      int n) {
    int s = ((SplitMatrix) up.getFirst()).side();
    sides[s].experts(
        activation,
        up.stream().map(m -> ((SplitMatrix) m).matrix()).toList(),
        down.stream().map(m -> ((SplitMatrix) m).matrix()).toList(),
        on(s, router),
        used,
        renormalised,
        on(s, x),
        on(s, y),
        n);
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> shapes, int tokens, int lastRows) {
    PromptMemory first = sides[FIRST].prompt(shapes.subList(0, cut), tokens, lastRows);
    try {
      PromptMemory rest = sides[REST].prompt(shapes.subList(cut, shapes.size()), tokens, lastRows);
      return new SplitPrompt(shapes, cut, first, rest);
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> shapes, List<PromptLayer> kept) {
    PromptMemory first = sides[FIRST].prompt(shapes.subList(0, cut), kept.subList(0, cut));
    try {
      PromptMemory rest =
          sides[REST].prompt(shapes.subList(cut, shapes.size()), kept.subList(cut, kept.size()));
      return new SplitPrompt(shapes, cut, first, rest);
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  @Override
  public void attend(PromptMemory prompt, int layer, Tensor qkv, int first, int n, Tensor y) {
    int s = side(layer);
    PromptMemory part = ((SplitPrompt) prompt).of(layer);
    sides[s].attend(part, within(layer), on(s, qkv), first, n, on(s, y));
  }

  @Override
  public void attend(
      List<CacheMemory> caches,
      int layer,
      Tensor qkv,
      int[] positions,
      Tensor y,
      List<DecodeTap> taps) {
    int s = side(layer);
    List<CacheMemory> parts = caches.stream().map(c -> ((SplitCache) c).of(layer)).toList();
    List<DecodeTap> partly = new ArrayList<>();
    for (int t = 0; t < taps.size(); t++) {
      SplitCache c = (SplitCache) caches.get(t);
      DecodeTap tap = taps.get(t);
      partly.add(tap == null ? null : tap.from(s == FIRST ? 0 : c.headsOfFirst()));
      tapped[s] |= tap != null;
    }
    sides[s].attend(parts, within(layer), on(s, qkv), positions, on(s, y), partly);
  }

  @Override
  public void attendMany(
      CacheMemory cache, int layer, Tensor qkv, int row, int first, int n, Tensor y) {
    int s = side(layer);
    CacheMemory part = ((SplitCache) cache).of(layer);
    sides[s].attendMany(part, within(layer), on(s, qkv), row, first, n, on(s, y));
  }

  @Override
  public void warmUp() {
    for (Device d : sides) {
      d.warmUp();
    }
  }

  @Override
  public void close() {
    for (Device d : sides) {
      d.close();
    }
  }
}
