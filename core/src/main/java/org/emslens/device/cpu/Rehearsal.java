package org.emslens.device.cpu;

import java.util.List;
import java.util.Random;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CachePolicy;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.Policies;
import org.emslens.device.CacheMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.model.AttentionSpec;

/**
 * Compresses made-up slots until Java has compiled what does it: vectors that are not compiled are
 * objects, hundreds of times slower, and the first compression of a program is made on them.
 */
final class Rehearsal {
  /** Heads; after as many, measured, compressing becomes no faster. */
  private static final int TIMES = 1000;

  private static final int TOKENS = 320;
  private static final int BUDGET = 96;

  private Rehearsal() {}

  static void run() {
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(3, 1, 64);
    HostPrompt prompt = HostPrompt.of(List.of(shape), List.of(madeUp(shape)));
    CachePolicy ems = Policies.EMS.with(CacheOptions.EMS);
    for (int i = 0; i < TIMES; i++) {
      try (CacheMemory cache = prompt.cache(CacheOptions.EMS.window())) {
        var plans = ems.choose(List.of(cache.state(0)), BUDGET).get().getFirst();
        cache.apply(new CompressionPlan(Policies.EMS.id(), BUDGET, ems.mergeKeys(), plans));
      }
    }
  }

  private static PromptLayer madeUp(AttentionSpec.Shape shape) {
    Random random = new Random(1);
    int d = shape.headDim();
    return new PromptLayer(
        numbers(random, shape.heads() * TOKENS * d, -1),
        new float[][] {numbers(random, TOKENS * d, -1)},
        new float[][] {numbers(random, TOKENS * d, -1)},
        numbers(random, shape.heads() * TOKENS, -1),
        numbers(random, TOKENS, 0),
        new float[][][] {new float[0][]},
        new float[shape.heads()][PromptMemory.THUMBNAIL * PromptMemory.THUMBNAIL]);
  }

  private static float[] numbers(Random random, int n, float least) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextFloat(least, 1);
    }
    return x;
  }
}
