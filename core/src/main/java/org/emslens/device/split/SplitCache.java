package org.emslens.device.split;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.LayerState;
import org.emslens.cache.Precision;
import org.emslens.device.CacheMemory;
import org.emslens.model.AttentionSpec;

/** A cache whose first layers are on one device, the others on another. */
record SplitCache(List<AttentionSpec.Shape> shapes, int cut, CacheMemory first, CacheMemory rest)
    implements CacheMemory {

  /** Query heads of the first device's layers. */
  int headsOfFirst() {
    return shapes.subList(0, cut).stream().mapToInt(AttentionSpec.Shape::heads).sum();
  }

  CacheMemory of(int layer) {
    return layer < cut ? first : rest;
  }

  private int within(int layer) {
    return layer < cut ? layer : layer - cut;
  }

  @Override
  public int slots(int layer, int kvHead) {
    return of(layer).slots(within(layer), kvHead);
  }

  @Override
  public LayerState state(int layer) {
    LayerState s = of(layer).state(within(layer));
    return new LayerState(layer, shapes.size(), s.heads());
  }

  @Override
  public void apply(CompressionPlan plan) {
    int heads = kvHeadsOfFirst();
    first.apply(part(plan, plan.heads().subList(0, heads)));
    rest.apply(part(plan, plan.heads().subList(heads, plan.heads().size())));
  }

  private static CompressionPlan part(CompressionPlan plan, List<HeadPlan> heads) {
    return new CompressionPlan(plan.policy(), plan.budget(), plan.mergeKeys(), heads);
  }

  private int kvHeadsOfFirst() {
    return shapes.subList(0, cut).stream().mapToInt(AttentionSpec.Shape::kvHeads).sum();
  }

  @Override
  public void round(Precision precision, int[] from, int[] to) {
    int heads = kvHeadsOfFirst();
    first.round(precision, Arrays.copyOf(from, heads), Arrays.copyOf(to, heads));
    rest.round(
        precision,
        Arrays.copyOfRange(from, heads, from.length),
        Arrays.copyOfRange(to, heads, to.length));
  }

  @Override
  public CacheMemory copy() {
    CacheMemory one = first.copy();
    try {
      return new SplitCache(shapes, cut, one, rest.copy());
    } catch (RuntimeException | Error e) {
      one.close();
      throw e;
    }
  }

  @Override
  public void truncate(int slots) {
    first.truncate(slots);
    rest.truncate(slots);
  }

  @Override
  public float[] keys(int layer, int kvHead) {
    return of(layer).keys(within(layer), kvHead);
  }

  @Override
  public float[] values(int layer, int kvHead) {
    return of(layer).values(within(layer), kvHead);
  }

  @Override
  public float[] bias(int layer, int kvHead) {
    return of(layer).bias(within(layer), kvHead);
  }

  @Override
  public void close() {
    Stream.of(first, rest).forEach(CacheMemory::close);
  }
}
