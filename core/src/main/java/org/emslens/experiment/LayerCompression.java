package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.Policies;
import org.emslens.device.PromptLayer;
import org.emslens.device.cpu.HostPrompt;
import org.emslens.engine.Cache;
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
    check(queries, keys, values, options);
    int heads = keys.shape()[0];
    int n = keys.shape()[1];
    int slots = new CacheChoice(Policies.EMS, options, budget).slotsFor(n);
    int d = keys.shape()[2];
    float[] received = new float[heads * n];
    float[] lastRows = new float[heads * options.window() * n];
    attention(queries, keys, options.window(), received, lastRows);
    PromptLayer layer =
        new PromptLayer(
            queries.data(),
            perHead(keys),
            perHead(values),
            new float[queries.shape()[0] * n],
            received,
            rows(lastRows, heads, options.window(), n),
            new float[queries.shape()[0]][0]);
    AttentionSpec.Shape attention = AttentionSpec.Shape.of(queries.shape()[0], heads, d);
    Cache cache =
        new Cache(
            HostPrompt.of(List.of(attention), List.of(layer)).cache(options.window()),
            1,
            heads,
            d,
            n);
    List<HeadPlan> plans = new ArrayList<>();
    if (slots < n) {
      var plan = cache.plan(Policies.EMS, options, slots);
      plans.addAll(plan.heads());
      cache.apply(plan);
    }
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

  private static float[][][] rows(float[] all, int heads, int window, int n) {
    float[][][] rows = new float[heads][window][];
    for (int i = 0; i < heads * window; i++) {
      rows[i / window][i % window] = Arrays.copyOfRange(all, i * n, (i + 1) * n);
    }
    return rows;
  }

  private static float[][] perHead(Npy x) {
    int size = x.shape()[1] * x.shape()[2];
    float[][] out = new float[x.shape()[0]][];
    for (int g = 0; g < out.length; g++) {
      out[g] = Arrays.copyOfRange(x.data(), g * size, (g + 1) * size);
    }
    return out;
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
          "share is layer; heads of unequal size do not fit the arrays that are written.");
    }
  }

  private static void attention(
      Npy queries, Npy keys, int window, float[] received, float[] lastRows) {
    int heads = queries.shape()[0];
    int n = queries.shape()[1];
    int d = queries.shape()[2];
    int groups = keys.shape()[0];
    int group = heads / groups;
    double[] sums = new double[groups * n];
    double[] last = new double[lastRows.length];
    double[] row = new double[n];
    for (int h = 0; h < heads; h++) {
      int g = h / group;
      for (int i = 0; i < n; i++) {
        softmaxRow(queries.data(), (h * n + i) * d, keys.data(), g * n * d, d, i + 1, row);
        int fromLast = i - (n - window);
        for (int j = 0; j <= i; j++) {
          sums[g * n + j] += row[j] / group;
          if (fromLast >= 0) {
            last[(g * window + fromLast) * n + j] += row[j] / group;
          }
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      received[i] = (float) sums[i];
    }
    for (int i = 0; i < last.length; i++) {
      lastRows[i] = (float) last[i];
    }
  }

  private static void softmaxRow(
      float[] q, int qFrom, float[] k, int kFrom, int d, int visible, double[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < visible; j++) {
      double dot = 0;
      for (int i = 0; i < d; i++) {
        dot += (double) q[qFrom + i] * k[kFrom + j * d + i];
      }
      row[j] = dot / Math.sqrt(d);
      max = Math.max(max, row[j]);
    }
    double sum = 0;
    for (int j = 0; j < visible; j++) {
      row[j] = Math.exp(row[j] - max);
      sum += row[j];
    }
    for (int j = 0; j < visible; j++) {
      row[j] /= sum;
    }
  }
}
