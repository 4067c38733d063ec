package org.emslens.device.plain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadState;
import org.emslens.cache.LayerState;
import org.emslens.cache.Precision;
import org.emslens.device.CacheMemory;
import org.emslens.model.AttentionSpec;

/** A cache of objects. */
final class PlainCache implements CacheMemory {
  private final List<AttentionSpec.Shape> shapes;
  private final PlainHead[][] heads;

  /**
   * @param heads [layers][G]
   */
  PlainCache(List<AttentionSpec.Shape> shapes, PlainHead[][] heads) {
    this.shapes = shapes;
    this.heads = heads;
  }

  AttentionSpec.Shape shape(int layer) {
    return shapes.get(layer);
  }

  PlainHead head(int layer, int kvHead) {
    return heads[layer][kvHead];
  }

  @Override
  public int slots(int layer, int kvHead) {
    return head(layer, kvHead).slots().size();
  }

  @Override
  public LayerState state(int layer) {
    List<HeadState> states = new ArrayList<>();
    for (PlainHead head : heads[layer]) {
      states.add(head.state());
    }
    return new LayerState(layer, heads.length, states);
  }

  @Override
  public void apply(CompressionPlan plan) {
    int i = 0;
    for (PlainHead[] layer : heads) {
      for (PlainHead head : layer) {
        head.apply(plan.heads().get(i++), plan.mergeKeys());
      }
    }
  }

  @Override
  public void round(Precision precision, int[] from, int[] to) {
    int i = 0;
    for (PlainHead[] layer : heads) {
      for (PlainHead head : layer) {
        head.round(precision, from[i], to[i]);
        i++;
      }
    }
  }

  @Override
  public CacheMemory copy() {
    PlainHead[][] copy = new PlainHead[heads.length][];
    for (int l = 0; l < copy.length; l++) {
      copy[l] = Arrays.stream(heads[l]).map(PlainHead::copy).toArray(PlainHead[]::new);
    }
    return new PlainCache(shapes, copy);
  }

  @Override
  public void truncate(int slots) {
    for (PlainHead[] layer : heads) {
      for (PlainHead head : layer) {
        head.truncate(slots);
      }
    }
  }

  @Override
  public float[] keys(int layer, int kvHead) {
    return PlainPrompt.flat(
        head(layer, kvHead).slots().stream().map(PlainHead.Slot::key).toArray(float[][]::new));
  }

  @Override
  public float[] values(int layer, int kvHead) {
    return PlainPrompt.flat(
        head(layer, kvHead).slots().stream().map(PlainHead.Slot::value).toArray(float[][]::new));
  }

  @Override
  public float[] bias(int layer, int kvHead) {
    float[] bias = new float[slots(layer, kvHead)];
    for (int j = 0; j < bias.length; j++) {
      bias[j] = (float) head(layer, kvHead).slots().get(j).bias();
    }
    return bias;
  }

  @Override
  public void close() {
    // The garbage collector sees to it.
  }
}
