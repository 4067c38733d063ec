package org.emslens.device.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadState;
import org.emslens.cache.LayerState;
import org.emslens.cache.Precision;
import org.emslens.device.CacheMemory;
import org.emslens.model.AttentionSpec;

/** A cache in the computer's own memory. */
final class HostCache implements CacheMemory {
  private final Kernels kernels;
  private final List<AttentionSpec.Shape> shapes;
  private final HeadCache[][] layers;

  /**
   * @param shapes of the layers
   * @param layers [layers][G]
   */
  HostCache(Kernels kernels, List<AttentionSpec.Shape> shapes, HeadCache[][] layers) {
    this.kernels = kernels;
    this.shapes = shapes;
    this.layers = layers;
  }

  AttentionSpec.Shape shape(int layer) {
    return shapes.get(layer);
  }

  HeadCache head(int layer, int kvHead) {
    return layers[layer][kvHead];
  }

  @Override
  public int slots(int layer, int kvHead) {
    return head(layer, kvHead).size();
  }

  @Override
  public LayerState state(int layer) {
    List<HeadState> states = new ArrayList<>();
    for (HeadCache head : layers[layer]) {
      states.add(head.state(kernels));
    }
    return new LayerState(layer, layers.length, states);
  }

  @Override
  public void apply(CompressionPlan plan) {
    HeadCache[] heads = heads();
    IntStream.range(0, heads.length)
        .parallel()
        .forEach(i -> heads[i].apply(kernels, plan.heads().get(i), plan.mergeKeys()));
  }

  @Override
  public void round(Precision precision, int[] from, int[] to) {
    HeadCache[] heads = heads();
    IntStream.range(0, heads.length)
        .parallel()
        .forEach(i -> heads[i].slots().round(precision, from[i], to[i]));
  }

  private HeadCache[] heads() {
    return Arrays.stream(layers).flatMap(Arrays::stream).toArray(HeadCache[]::new);
  }

  @Override
  public CacheMemory copy() {
    HeadCache[][] copy = new HeadCache[layers.length][];
    IntStream.range(0, copy.length)
        .parallel()
        .forEach(
            l -> copy[l] = Arrays.stream(layers[l]).map(HeadCache::copy).toArray(HeadCache[]::new));
    return new HostCache(kernels, shapes, copy);
  }

  @Override
  public void truncate(int slots) {
    for (HeadCache h : heads()) {
      h.truncate(slots);
    }
  }

  @Override
  public float[] keys(int layer, int kvHead) {
    return head(layer, kvHead).slots().keys(slots(layer, kvHead));
  }

  @Override
  public float[] values(int layer, int kvHead) {
    return head(layer, kvHead).slots().values(slots(layer, kvHead));
  }

  @Override
  public float[] bias(int layer, int kvHead) {
    return head(layer, kvHead).biases();
  }

  @Override
  public void close() {
    // The garbage collector sees to it.
  }
}
