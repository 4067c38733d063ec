package org.emslens.device.cpu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;

/** One token each for several caches: appends, attends, and keeps the statistics. */
final class CacheAttention {
  private static final int SHARES_PER_THREAD = 3;

  private final Kernels kernels;
  private final Workers workers;
  private final List<HeadAttention> attentions = new ArrayList<>();

  CacheAttention(Kernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
  }

  void attend(
      List<CacheMemory> caches,
      int layer,
      float[] qkv,
      int[] positions,
      float[] out,
      List<DecodeTap> taps) {
    AttentionSpec.Shape shape = ((HostCache) caches.getFirst()).shape(layer);
    int heads = shape.heads();
    int d = shape.headDim();
    int row = shape.queryWidth() + 2 * shape.kvWidth();
    while (attentions.size() < caches.size() * heads) {
      attentions.add(new HeadAttention());
    }
    for (int t = 0; t < caches.size(); t++) {
      int key = t * row + shape.queryWidth();
      for (int g = 0; g < shape.kvHeads(); g++) {
        int at = key + g * d;
        head(caches, t, layer, g).append(qkv, at, at + shape.kvWidth(), positions[t]);
      }
    }
    int[] ends = shares(caches, layer, shape);
    workers.run(
        ends.length, i -> some(caches, layer, shape, qkv, out, i == 0 ? 0 : ends[i - 1], ends[i]));
    for (int t = 0; t < caches.size(); t++) {
      for (int g = 0; g < shape.kvHeads(); g++) {
        average(head(caches, t, layer, g), shape.group(), t * heads + g * shape.group());
      }
      if (taps.get(t) != null) {
        tap(taps.get(t), caches, t, layer, shape, out);
      }
    }
  }

  /**
   * Where shares of the query heads of all caches end that have about as many slots to attend to
   * each. Shares are neighbouring heads, since those of one KV head read its slots together.
   */
  private int[] shares(List<CacheMemory> caches, int layer, AttentionSpec.Shape shape) {
    int heads = shape.heads();
    long[] before = new long[caches.size() * heads + 1];
    for (int i = 0; i + 1 < before.length; i++) {
      HeadCache head = head(caches, i / heads, layer, i % heads / shape.group());
      before[i + 1] = before[i] + head.size();
    }
    int last = before.length - 1;
    int count = Math.min(last, SHARES_PER_THREAD * workers.threads());
    int[] ends = new int[count];
    for (int i = 0, end = 0; i < count; i++) {
      while (end < last && before[end] * count < before[last] * (i + 1)) {
        end++;
      }
      ends[i] = end;
    }
    ends[count - 1] = last;
    return ends;
  }

  /** Query heads `from` to `end` - 1 of all caches', those of one KV head together. */
  private void some(
      List<CacheMemory> caches,
      int layer,
      AttentionSpec.Shape shape,
      float[] qkv,
      float[] out,
      int from,
      int end) {
    int d = shape.headDim();
    int row = shape.queryWidth() + 2 * shape.kvWidth();
    for (int i = from; i < end; ) {
      int t = i / shape.heads();
      int h = i % shape.heads();
      int next = Math.min(end, i + shape.group() - h % shape.group());
      HeadAttention.attend(
          kernels,
          head(caches, t, layer, h / shape.group()),
          shape,
          attentions.subList(i, next),
          qkv,
          t * row + h * d,
          out,
          i * d);
      i = next;
    }
  }

  /** Several tokens for one cache, one after the other. */
  void attendMany(HostCache cache, int layer, float[] qkv, int row, int first, int n, float[] out) {
    AttentionSpec.Shape shape = cache.shape(layer);
    int width = shape.queryWidth() + 2 * shape.kvWidth();
    List<CacheMemory> one = List.of(cache);
    List<DecodeTap> none = Collections.singletonList(null);
    float[] token = new float[width];
    float[] mixed = new float[shape.queryWidth()];
    for (int t = 0; t < n; t++) {
      System.arraycopy(qkv, (row + t) * width, token, 0, width);
      attend(one, layer, token, new int[] {first + t}, mixed, none);
      System.arraycopy(mixed, 0, out, (row + t) * mixed.length, mixed.length);
    }
  }

  private static HeadCache head(List<CacheMemory> caches, int t, int layer, int g) {
    return ((HostCache) caches.get(t)).head(layer, g);
  }

  private void average(HeadCache head, int group, int first) {
    float[] average = new float[head.size()];
    for (int r = 0; r < group; r++) {
      RowProducts.addScaled(
          average, attentions.get(first + r).probabilities(), 1f / group, average.length);
    }
    head.attend(average);
  }

  private void tap(
      DecodeTap tap,
      List<CacheMemory> caches,
      int t,
      int layer,
      AttentionSpec.Shape shape,
      float[] out) {
    for (int h = 0; h < shape.heads(); h++) {
      int head = layer * shape.heads() + h;
      int i = t * shape.heads() + h;
      tap.output(head, out, i * shape.headDim(), shape.headDim());
      if (tap.tapsAttention()) {
        int slots = head(caches, t, layer, h / shape.group()).size();
        tap.attention(head, attentions.get(i).probabilities(), 0, slots);
      }
    }
  }
}
