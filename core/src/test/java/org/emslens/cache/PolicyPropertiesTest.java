package org.emslens.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.emslens.device.CacheMemory;
import org.emslens.engine.Cache;
import org.emslens.math.Ranking;

/** What must hold of every policy, on random caches. */
class PolicyPropertiesTest {
  private static final int D = 8;

  /** A cache of two layers whose statistics come from random attention rows. */
  private static Cache random(long seed, int kvHeads, int n, int window) {
    Random r = new Random(seed);
    float[][] keys = new float[2 * kvHeads][];
    float[][] values = new float[2 * kvHeads][];
    float[][] received = new float[2][kvHeads * n];
    float[][] last = new float[2][kvHeads * window * n];
    for (int l = 0; l < 2; l++) {
      for (int g = 0; g < kvHeads; g++) {
        keys[l * kvHeads + g] = gaussian(r, n * D);
        values[l * kvHeads + g] = gaussian(r, n * D);
        for (int i = 0; i < n; i++) {
          float[] row = row(r, i + 1);
          for (int j = 0; j <= i; j++) {
            received[l][g * n + j] += row[j];
            if (i >= n - window) {
              last[l][(g * window + i - n + window) * n + j] = row[j];
            }
          }
        }
      }
    }
    return TestCaches.of(kvHeads, D, n, keys, values, received, last, window);
  }

  private static float[] gaussian(Random r, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) r.nextGaussian();
    }
    return x;
  }

  private static float[] row(Random r, int n) {
    float[] x = new float[n];
    float sum = 0;
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.exp(2 * r.nextGaussian());
      sum += x[i];
    }
    for (int i = 0; i < n; i++) {
      x[i] /= sum;
    }
    return x;
  }

  @Property(tries = 150)
  void budgetsHoldAndTokensAreInOneState(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int kvHeads,
      @ForAll @IntRange(min = 30, max = 120) int n,
      @ForAll @IntRange(min = 1, max = 17) int policy,
      @ForAll @IntRange(min = 10, max = 29) int budget) {
    CacheOptions o = Policies.values()[policy].preset().with(d -> d.window = 8);
    Cache cache = random(seed, kvHeads, n, 8);
    CompressionPlan plan = cache.plan(Policies.values()[policy], o, budget);
    Cache again = cache.copy();
    cache.apply(plan);
    again.apply(plan);
    CacheFrame frame = CacheFrame.whole(2 * kvHeads, n).apply(plan);
    CachePolicy p = Policies.values()[policy].with(o);
    for (int l = 0; l < 2 && !p.sharesLayers(); l++) {
      int most = Math.min(n, p.layerBudget(budget, l, 2));
      assertEquals((long) kvHeads * most, cache.slots(l), "slots of layer " + l);
    }
    if (p.sharesLayers()) {
      assertEquals(2L * kvHeads * Math.min(n, budget), cache.slots(), "slots of all layers");
    }
    for (int i = 0; i < 2 * kvHeads; i++) {
      int l = i / kvHeads;
      int g = i % kvHeads;
      int slots = plan.heads().get(i).kept().length;
      assertEquals(slots, cache.memory().slots(l, g));
      assertEquals(slots, frame.slots(i));
      assertArrayEquals(cache.memory().values(l, g), again.memory().values(l, g));
      partition(plan.heads().get(i), frame.head(i), n);
    }
  }

  private static void partition(HeadPlan plan, HeadSlots slots, int n) {
    int[] all = slots.members().clone();
    Arrays.sort(all);
    assertArrayEquals(IntStream.of(all).distinct().toArray(), all, "a token in two slots");
    int[] hosts = slots.hosts(n);
    int kept = 0;
    int merged = 0;
    int evicted = 0;
    for (int t = 0; t < n; t++) {
      switch (TokenState.of(t, hosts[t], 0)) {
        case KEPT -> kept++;
        case MERGED -> merged++;
        case EVICTED -> evicted++;
        case OUT_OF_REACH -> throw new AssertionError("there is no window");
      }
    }
    assertEquals(plan.kept().length, kept);
    assertEquals(plan.mergedCount(), merged);
    assertEquals(plan.evictedCount(), evicted);
    assertEquals(n, kept + merged + evicted);
    HeadPlan.Readout r = plan.readout();
    assertEquals(1, r.keptMass() + r.mergedMass() + r.evictedMass(), 1e-5);
  }

  /** Whatever parts a policy's switches put together. */
  @Property(tries = 400)
  void budgetsHoldHoweverPartsAreCombined(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int kvHeads,
      @ForAll @IntRange(min = 1, max = 17) int policy,
      @ForAll CacheOptions.Share share,
      @ForAll @DoubleRange(min = 0, max = 1) double floor,
      @ForAll CacheOptions.Merge merge,
      @ForAll CacheOptions.Pool pool,
      @ForAll CacheOptions.Score score,
      @ForAll @IntRange(min = 10, max = 29) int budget) {
    int n = 30 + (int) Math.floorMod(seed, 60L);
    Policies p = Policies.values()[policy];
    CacheOptions o = p.preset();
    o = set(o, p, Switch.WINDOW, "8");
    o = set(o, p, Switch.SHARE, share.name());
    o = set(o, p, Switch.FLOOR, Double.toString(floor));
    o = set(o, p, Switch.MERGE, merge.name());
    o = set(o, p, Switch.POOL, pool.name());
    o = set(o, p, Switch.KERNEL, "9");
    o = set(o, p, Switch.SCORE, score.name());
    Cache cache = random(seed, kvHeads, n, 8);
    CompressionPlan plan = cache.plan(p, o, budget);
    cache.apply(plan);
    CacheFrame frame = CacheFrame.whole(2 * kvHeads, n).apply(plan);
    boolean shares = p.switches().contains(Switch.SHARE);
    int slots = 0;
    for (int i = 0; i < 2 * kvHeads; i++) {
      HeadPlan head = plan.heads().get(i);
      partition(head, frame.head(i), n);
      assertEquals(head.kept().length, cache.memory().slots(i / kvHeads, i % kvHeads));
      slots += head.kept().length;
      if (o.merge() == CacheOptions.Merge.NONE) {
        assertEquals(0, head.mergedCount());
      }
      if (shares && share != CacheOptions.Share.EVEN) {
        int each = budget - head.window();
        assertTrue(head.centres().length >= (int) (floor * each), "what a head is sure of");
      } else if (shares) {
        assertEquals(budget, head.kept().length);
      }
    }
    assertEquals(slots, cache.slots());
    if (shares && share == CacheOptions.Share.LAYER) {
      assertEquals((long) kvHeads * budget, cache.slots(0));
    }
    if (p != Policies.PYRAMIDKV) {
      assertEquals(2L * kvHeads * budget, slots, "slots of all layers");
    }
  }

  /** Only what a policy reads. */
  private static CacheOptions set(CacheOptions o, Policies p, Switch s, String value) {
    return p.switches().contains(s)
        ? s.set(o, value.toLowerCase(Locale.ROOT).replace('_', '-'))
        : o;
  }

  @Property(tries = 60)
  void tauAboveOneIsPlainEviction(@ForAll long seed, @ForAll @IntRange(min = 40, max = 90) int n) {
    Cache cache = random(seed, 2, n, 8);
    CompressionPlan none =
        cache.plan(
            Policies.EMS,
            CacheOptions.EMS.with(
                d -> {
                  d.window = 8;
                  d.tau = 1.1;
                }),
            24);
    for (int i = 0; i < none.heads().size(); i++) {
      HeadPlan p = none.heads().get(i);
      assertEquals(0, p.mergedCount());
      int c = n - 8;
      assertArrayEquals(Ranking.best(p.scores().score(), c, 16), p.centres());
    }
  }

  @Property(tries = 60)
  void permutingHeadsPermutesPlans(@ForAll long seed) {
    Cache cache = random(seed, 2, 60, 8);
    LayerState s = cache.states().getFirst();
    LayerState swapped = new LayerState(0, 2, s.heads().reversed());
    for (Policies policy : Policies.values()) {
      if (policy != Policies.FULL) {
        // Heads that share break ties by their order.
        CachePolicy p =
            policy.with(
                policy
                    .preset()
                    .with(
                        d -> {
                          d.window = 8;
                          d.share = CacheOptions.Share.EVEN;
                        }));
        var plans = p.choose(List.of(s), 20).get().getFirst();
        var back = p.choose(List.of(swapped), 20).get().getFirst().reversed();
        for (int g = 0; g < 2; g++) {
          assertArrayEquals(plans.get(g).target(), back.get(g).target(), policy.id());
        }
      }
    }
  }

  /** As if the heads of a layer bid for its places: none gets less than a fifth of its share. */
  @Property(tries = 60)
  void headsThatShareKeepTheLayersBudget(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int kvHeads,
      @ForAll @IntRange(min = 30, max = 120) int n,
      @ForAll @IntRange(min = 10, max = 29) int budget) {
    CacheOptions o =
        CacheOptions.EMS.with(
            d -> {
              d.window = 8;
              d.share = CacheOptions.Share.LAYER;
            });
    Cache cache = random(seed, kvHeads, n, 8);
    CompressionPlan plan = cache.plan(Policies.EMS, o, budget);
    cache.apply(plan);
    CacheFrame frame = CacheFrame.whole(2 * kvHeads, n).apply(plan);
    for (int i = 0; i < 2 * kvHeads; i++) {
      HeadPlan head = plan.heads().get(i);
      assertTrue(head.centres().length >= (budget - 8) / 5);
      assertEquals(head.kept().length, frame.slots(i));
      partition(head, frame.head(i), n);
    }
    for (int l = 0; l < 2; l++) {
      assertEquals((long) kvHeads * budget, cache.slots(l));
    }
    if (kvHeads == 1) {
      CompressionPlan even =
          random(seed, 1, n, 8)
              .plan(Policies.EMS, o.with(d -> d.share = CacheOptions.Share.EVEN), budget);
      assertArrayEquals(even.heads().getFirst().target(), plan.heads().getFirst().target());
    }
  }

  @Property(tries = 40)
  void exactDuplicatesMergedWithCountBiasLeaveAttentionUnchanged(@ForAll long seed) {
    int half = 24;
    int window = 4;
    int n = 2 * half + window;
    Random r = new Random(seed);
    float[] keys = gaussian(r, n * D);
    float[] values = gaussian(r, n * D);
    System.arraycopy(keys, 0, keys, half * D, half * D);
    System.arraycopy(values, 0, values, half * D, half * D);
    float[] received = new float[n];
    float[] last = new float[window * n];
    for (int j = 0; j < n; j++) {
      // The first of each pair outranks the second, so that centres are the first half.
      float m = j < half ? 0.02f : 0.01f;
      received[j] = m * (n - j);
      for (int i = 0; i < window; i++) {
        last[i * n + j] = m;
      }
    }
    Cache cache =
        TestCaches.of(
            1,
            D,
            n,
            new float[][] {keys},
            new float[][] {values},
            new float[][] {received},
            new float[][] {last},
            window);
    CacheOptions o =
        CacheOptions.EMS.with(
            d -> {
              d.window = window;
              d.alpha = 1;
              d.kernel = 1;
              d.mass = 1;
              d.poolLimit = 100;
              d.tau = 0.999;
              d.bias = CacheOptions.Bias.COUNT;
              d.hosts = CacheOptions.Hosts.ALL;
            });
    float[] query = gaussian(r, D);
    double[] before = attend(query, cache.memory());
    CompressionPlan plan = cache.plan(Policies.EMS, o, half + window);
    assertEquals(half, plan.heads().getFirst().mergedCount());
    cache.apply(plan);
    assertArrayEquals(before, attend(query, cache.memory()), 1e-5);
  }

  private static double[] attend(float[] q, CacheMemory cache) {
    double[] out = new double[D];
    double sum = 0;
    float[] keys = cache.keys(0, 0);
    float[] values = cache.values(0, 0);
    float[] bias = cache.bias(0, 0);
    for (int j = 0; j < bias.length; j++) {
      double logit = bias[j];
      for (int i = 0; i < D; i++) {
        logit += q[i] * keys[j * D + i] / Math.sqrt(D);
      }
      sum += Math.exp(logit);
      for (int i = 0; i < D; i++) {
        out[i] += Math.exp(logit) * values[j * D + i];
      }
    }
    for (int i = 0; i < D; i++) {
      out[i] /= sum;
    }
    return out;
  }

  @Property(tries = 30)
  void nothingChangesWithinTheBudget(
      @ForAll long seed, @ForAll @IntRange(min = 10, max = 40) int n) {
    Cache cache = random(seed, 2, n, 8);
    for (Policies policy : Policies.values()) {
      CachePolicy p = policy.with(policy.preset().with(d -> d.window = 8));
      assertTrue(!p.compresses() || !cache.reaches(p, n, 1));
    }
  }
}
