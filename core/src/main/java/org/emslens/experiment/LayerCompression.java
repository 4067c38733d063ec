package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.engine.Cache;
import org.emslens.engine.PromptScores;
import org.emslens.format.Npy;
import org.emslens.model.AttentionSpec;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;

/**
 * One compression of one layer given as arrays, for checking against other implementations.
 *
 * @param plans per KV head
 * @param keys compacted [G, budget, d]
 * @param values compacted [G, budget, d]
 */
public record LayerCompression(List<HeadPlan> plans, Npy keys, Npy values) {

  /**
   * Compresses with EMS after one causal prefill; attention is computed in double precision.
   *
   * @param queries [H, N, d]
   * @param keys [G, N, d], G a divisor of H
   * @param values [G, N, d]
   * @throws IllegalArgumentException in one sentence, where shapes or budget do not fit
   */
  public static LayerCompression of(
      Npy queries, Npy keys, Npy values, Budget budget, CacheOptions options) {
    try (Device plain = Devices.open("plain")) {
      return of(plain, queries, keys, values, budget, options);
    }
  }

  /** The same as a device computes it. */
  public static LayerCompression of(
      Device device, Npy queries, Npy keys, Npy values, Budget budget, CacheOptions options) {
    check(queries, keys, values, options);
    int heads = keys.shape()[0];
    int n = keys.shape()[1];
    int slots = new CacheChoice(Policies.EMS, options, budget).slotsFor(n);
    int d = keys.shape()[2];
    try (PromptMemory prompt = prompt(device, queries, keys, values, options.window());
        Cache cache =
            new Cache(
                prompt.cache(options.window()),
                shapes(queries, keys),
                new PromptScores(),
                n,
                options)) {
      return of(cache, slots, options, heads, n, d);
    }
  }

  private static LayerCompression of(
      Cache cache, int slots, CacheOptions options, int heads, int n, int d) {
    List<HeadPlan> plans = new ArrayList<>();
    if (slots < n) {
      var plan = cache.plan(Policies.EMS, options, slots);
      plans.addAll(plan.heads());
      cache.apply(plan);
    }
    cache.settle();
    int kept = Math.min(slots, n);
    float[] outKeys = new float[heads * kept * d];
    float[] outValues = new float[heads * kept * d];
    for (int g = 0; g < heads; g++) {
      System.arraycopy(cache.memory().keys(0, g), 0, outKeys, g * kept * d, kept * d);
      System.arraycopy(cache.memory().values(0, g), 0, outValues, g * kept * d, kept * d);
    }
    int[] shape = {heads, kept, d};
    return new LayerCompression(plans, new Npy(shape, outKeys), new Npy(shape, outValues));
  }

  /** One layer of a prompt, as a device attends to it. */
  private static PromptMemory prompt(Device device, Npy queries, Npy keys, Npy values, int window) {
    int n = keys.shape()[1];
    AttentionSpec.Shape shape = shapes(queries, keys).getFirst();
    PromptMemory prompt = device.prompt(List.of(shape), n, window);
    int width = shape.queryWidth() + 2 * shape.kvWidth();
    float[] all = new float[Math.multiplyExact(n, width)];
    for (int t = 0; t < n; t++) {
      int at = t * width;
      side(queries, t, all, at);
      side(keys, t, all, at + shape.queryWidth());
      side(values, t, all, at + shape.queryWidth() + shape.kvWidth());
    }
    try (Tensor qkv = device.tensor(n, width);
        Tensor outputs = device.tensor(n, shape.queryWidth())) {
      device.upload(all, 0, qkv, 0, n);
      device.attend(prompt, 0, qkv, 0, n, outputs);
    }
    return prompt;
  }

  private static List<AttentionSpec.Shape> shapes(Npy queries, Npy keys) {
    return List.of(AttentionSpec.Shape.of(queries.shape()[0], keys.shape()[0], keys.shape()[2]));
  }

  /** One token of an array [heads, N, d], head by head. */
  private static void side(Npy x, int token, float[] into, int at) {
    int n = x.shape()[1];
    int d = x.shape()[2];
    for (int h = 0; h < x.shape()[0]; h++) {
      System.arraycopy(x.data(), (h * n + token) * d, into, at + h * d, d);
    }
  }

  private static void check(Npy q, Npy k, Npy v, CacheOptions options) {
    boolean fits =
        q.shape().length == 3
            && k.shape().length == 3
            && Arrays.equals(k.shape(), v.shape())
            && q.shape()[1] == k.shape()[1]
            && q.shape()[2] == k.shape()[2]
            && k.shape()[0] > 0
            && q.shape()[0] % k.shape()[0] == 0;
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "queries are %s, keys %s, values %s; expected [H, N, d], [G, N, d], [G, N, d] with G a divisor of H.",
              Arrays.toString(q.shape()),
              Arrays.toString(k.shape()),
              Arrays.toString(v.shape())));
    }
    if (options.window() > k.shape()[1]) {
      throw new IllegalArgumentException(
          "window is " + options.window() + "; the arrays hold " + k.shape()[1] + " tokens.");
    }
    if (options.share() != CacheOptions.Share.EVEN) {
      throw new IllegalArgumentException(
          "share is "
              + Switch.SHARE.get(options)
              + "; heads of unequal size do not fit the arrays that are written.");
    }
  }
}
