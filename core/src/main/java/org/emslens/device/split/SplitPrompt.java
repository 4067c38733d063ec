package org.emslens.device.split;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.emslens.device.CacheMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Repeated;
import org.emslens.model.AttentionSpec;

/** A prompt whose first layers are on one device, the others on another. */
record SplitPrompt(List<AttentionSpec.Shape> shapes, int cut, PromptMemory first, PromptMemory rest)
    implements PromptMemory {

  PromptMemory of(int layer) {
    return layer < cut ? first : rest;
  }

  private int within(int layer) {
    return layer < cut ? layer : layer - cut;
  }

  @Override
  public int tokens() {
    return first.tokens();
  }

  @Override
  public CacheMemory cache(int window) {
    CacheMemory one = first.cache(window);
    try {
      return new SplitCache(shapes, cut, one, rest.cache(window));
    } catch (RuntimeException | Error e) {
      one.close();
      throw e;
    }
  }

  @Override
  public PromptMemory continued(int more, Repeated part) {
    PromptMemory one = first.continued(more, part.of(0, cut));
    try {
      Repeated behind = part.of(cut, part.weights().length);
      return new SplitPrompt(shapes, cut, one, rest.continued(more, behind));
    } catch (RuntimeException | Error e) {
      one.close();
      throw e;
    }
  }

  @Override
  public float[] map(
      int layer, int head, int[] rowBounds, int[] columnBounds, BooleanSupplier cancelled) {
    return of(layer).map(within(layer), head, rowBounds, columnBounds, cancelled);
  }

  @Override
  public float[][] most(int layer, int head) {
    return of(layer).most(within(layer), head);
  }

  @Override
  public float[] thumbnail(int layer, int head) {
    return of(layer).thumbnail(within(layer), head);
  }

  @Override
  public PromptLayer layer(int layer) {
    return of(layer).layer(within(layer));
  }

  @Override
  public void close() {
    Stream.of(first, rest).forEach(PromptMemory::close);
  }
}
