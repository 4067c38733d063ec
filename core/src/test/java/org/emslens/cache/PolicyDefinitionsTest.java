package org.emslens.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.emslens.engine.Cache;

/**
 * Every policy against its definition, written out the plain way over whole attention maps in
 * double precision, on random layers with grouped queries. EMS has its own reference cases.
 */
class PolicyDefinitionsTest {
  private static final int D = 8;
  private static final int W = 6;
  private static final int LAYERS = 4;

  private static final List<Policies> DEFINED =
      List.of(
          Policies.STREAMING_LLM,
          Policies.H2O,
          Policies.TOVA,
          Policies.SNAPKV,
          Policies.PYRAMIDKV,
          Policies.ADA_SNAPKV,
          Policies.MERGE_ON_EVICT);

  /** One layer: attention of every query head [H][n][n], keys and values per KV head. */
  private record Layer(int groups, int group, int n, double[][][] a, float[][] k, float[][] v) {

    static Layer random(long seed, int groups, int group, int n) {
      Random r = new Random(seed);
      float[][] k = new float[groups][];
      float[][] v = new float[groups][];
      for (int g = 0; g < groups; g++) {
        k[g] = gaussian(r, n * D);
        v[g] = gaussian(r, n * D);
      }
      double[][][] a = new double[groups * group][n][n];
      for (int h = 0; h < a.length; h++) {
        for (int i = 0; i < n; i++) {
          float[] q = gaussian(r, D);
          double sum = 0;
          for (int j = 0; j <= i; j++) {
            double dot = 0;
            for (int x = 0; x < D; x++) {
              dot += q[x] * k[h / group][j * D + x];
            }
            a[h][i][j] = Math.exp(dot / Math.sqrt(D));
            sum += a[h][i][j];
          }
          for (int j = 0; j <= i; j++) {
            a[h][i][j] /= sum;
          }
        }
      }
      return new Layer(groups, group, n, a, k, v);
    }

    private static float[] gaussian(Random r, int n) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = (float) r.nextGaussian();
      }
      return x;
    }

    /** Attention that token j received from queries first..n-1, averaged over the KV group. */
    double received(int g, int j, int first) {
      double sum = 0;
      for (int h = g * group; h < (g + 1) * group; h++) {
        for (int i = first; i < n; i++) {
          sum += a[h][i][j];
        }
      }
      return sum / group;
    }

    Cache cache() {
      float[] sums = new float[groups * n];
      float[] last = new float[groups * W * n];
      for (int g = 0; g < groups; g++) {
        for (int j = 0; j < n; j++) {
          sums[g * n + j] = (float) received(g, j, 0);
          for (int i = 0; i < W; i++) {
            double sum = 0;
            for (int h = g * group; h < (g + 1) * group; h++) {
              sum += a[h][n - W + i][j];
            }
            last[(g * W + i) * n + j] = (float) (sum / group);
          }
        }
      }
      float[][] keys = new float[LAYERS * groups][];
      float[][] values = new float[LAYERS * groups][];
      float[][] received = new float[LAYERS][];
      float[][] rows = new float[LAYERS][];
      for (int l = 0; l < LAYERS; l++) {
        received[l] = sums;
        rows[l] = last;
        for (int g = 0; g < groups; g++) {
          keys[l * groups + g] = k[g];
          values[l * groups + g] = v[g];
        }
      }
      return TestCaches.of(groups, D, n, keys, values, received, rows, W);
    }

    /** The largest of the window's attention within six tokens either way. */
    double widest(int g, int j) {
      double most = 0;
      for (int x = Math.max(0, j - 6); x <= Math.min(n - W - 1, j + 6); x++) {
        most = Math.max(most, received(g, x, n - W) / W);
      }
      return most;
    }

    double snap(int g, int j) {
      double sum = 0;
      for (int x = j - 2; x <= j + 2; x++) {
        sum += x < 0 || x >= n - W ? 0 : received(g, x, n - W) / W;
      }
      return sum / 5;
    }
  }

  private static TreeSet<Integer> top(int n, int k, IntToDoubleFunction score) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    all.sort(Comparator.comparingDouble(j -> -score.applyAsDouble(j)));
    return new TreeSet<>(all.subList(0, Math.min(n, k)));
  }

  private static TreeSet<Integer> withLast(TreeSet<Integer> kept, int n, int count) {
    IntStream.range(n - count, n).forEach(kept::add);
    return kept;
  }

  /** What a KV head of a layer keeps, by the policy's definition. */
  private static TreeSet<Integer> defined(Policies policy, Layer x, int l, int g, int budget) {
    int n = x.n;
    return switch (policy) {
      case STREAMING_LLM -> withLast(new TreeSet<>(List.of(0, 1, 2, 3)), n, budget - 4);
      case H2O -> {
        int recent = budget / 2;
        yield withLast(top(n - recent, budget - recent, j -> x.received(g, j, 0)), n, recent);
      }
      case TOVA -> top(n, budget, j -> Arrays.stream(x.a).mapToDouble(h -> h[n - 1][j]).sum());
      case SNAPKV, MERGE_ON_EVICT -> withLast(top(n - W, budget - W, j -> x.snap(g, j)), n, W);
      case PYRAMIDKV -> {
        double m = budget - W;
        double min = m / 20;
        double max = 2 * m - min;
        int here = (int) Math.rint(max - l * (max - min) / (LAYERS - 1));
        yield withLast(top(n - W, here, j -> x.snap(g, j)), n, W);
      }
      case ADA_SNAPKV -> {
        int m = budget - W;
        int c = n - W;
        List<TreeSet<Integer>> sure =
            IntStream.range(0, x.groups)
                .mapToObj(i -> top(c, (int) (0.2 * m), j -> x.snap(i, j)))
                .toList();
        TreeSet<Integer> chosen =
            top(
                c * x.groups,
                m * x.groups,
                i -> sure.get(i / c).contains(i % c) ? 1e9 : x.snap(i / c, i % c));
        TreeSet<Integer> mine = new TreeSet<>();
        chosen.stream().filter(i -> i / c == g).forEach(i -> mine.add(i % c));
        yield withLast(mine, n, W);
      }
      default -> throw new IllegalArgumentException(policy.id());
    };
  }

  @Property(tries = 60)
  void keepsWhatTheDefinitionSays(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll @IntRange(min = 1, max = 3) int group,
      @ForAll @IntRange(min = 30, max = 60) int n,
      @ForAll @IntRange(min = 10, max = 17) int budget) {
    Layer x = Layer.random(seed, groups, group, n);
    Cache cache = x.cache();
    for (Policies policy : DEFINED) {
      CacheOptions o = policy.preset().with(d -> d.window = W);
      CompressionPlan plan = cache.plan(policy, o, budget);
      long kept = 0;
      for (int i = 0; i < plan.heads().size(); i++) {
        int[] expected =
            defined(policy, x, i / groups, i % groups, budget).stream().mapToInt(j -> j).toArray();
        assertArrayEquals(expected, plan.heads().get(i).kept(), policy.id() + " head " + i);
        kept += expected.length;
      }
      if (policy != Policies.PYRAMIDKV) {
        assertEquals((long) budget * LAYERS * groups, kept, policy.id() + " keeps its budget");
      }
    }
  }

  /** SnapKV pooled as EMS is, and H2O, whose heads share what there is: nothing better is lost. */
  @Property(tries = 60)
  void partsOfOthersCombineAsDefined(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll @IntRange(min = 30, max = 60) int n,
      @ForAll CacheOptions.Share share,
      @ForAll @IntRange(min = 10, max = 17) int budget) {
    Layer x = Layer.random(seed, groups, 2, n);
    CacheOptions pooled =
        Policies.SNAPKV
            .preset()
            .with(
                d -> {
                  d.window = W;
                  d.pool = CacheOptions.Pool.MAX;
                  d.kernel = 13;
                });
    combined(x, Policies.SNAPKV, pooled, share, W, x::widest, budget);
    combined(
        x,
        Policies.H2O,
        Policies.H2O.preset(),
        share,
        budget / 2,
        (g, j) -> x.received(g, j, 0),
        budget);
  }

  private interface HeadScore {
    double of(int g, int j);
  }

  private static void combined(
      Layer x,
      Policies policy,
      CacheOptions preset,
      CacheOptions.Share share,
      int recent,
      HeadScore score,
      int budget) {
    CacheOptions o =
        preset.with(
            d -> {
              d.share = share;
              d.floor = 0;
            });
    CompressionPlan plan = x.cache().plan(policy, o, budget);
    int heads = plan.heads().size();
    int together =
        switch (share) {
          case EVEN -> 1;
          case LAYER -> x.groups;
          case ALL -> heads;
        };
    for (int first = 0; first < heads; first += together) {
      int kept = 0;
      double least = Double.MAX_VALUE;
      double most = 0;
      for (int i = first; i < first + together; i++) {
        List<Integer> mine = Arrays.stream(plan.heads().get(i).kept()).boxed().toList();
        kept += mine.size();
        for (int j = 0; j < x.n; j++) {
          if (j >= x.n - recent) {
            assertTrue(mine.contains(j), "the newest stay");
          } else if (mine.contains(j)) {
            least = Math.min(least, score.of(i % x.groups, j));
          } else {
            most = Math.max(most, score.of(i % x.groups, j));
          }
        }
      }
      assertEquals(budget * together, kept, policy + " " + share);
      assertTrue(least >= most - 1e-6, policy + " " + share + ": " + least + " kept, " + most);
    }
  }

  @Property(tries = 60)
  void mergeOnEvictBlendsValuesAsDefined(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int groups,
      @ForAll @IntRange(min = 24, max = 50) int n) {
    int budget = 14;
    Layer x = Layer.random(seed, groups, 2, n);
    Cache cache = x.cache();
    CacheOptions o = Policies.MERGE_ON_EVICT.preset().with(d -> d.window = W);
    cache.apply(cache.plan(Policies.MERGE_ON_EVICT, o, budget));
    for (int g = 0; g < groups; g++) {
      List<Integer> kept = List.copyOf(defined(Policies.MERGE_ON_EVICT, x, 0, g, budget));
      double[][] sum = new double[budget][D];
      double[] weights = new double[budget];
      for (int e = 0; e < n; e++) {
        if (!kept.contains(e)) {
          int best = 0;
          for (int i = 1; i < budget; i++) {
            if (cosine(x.k[g], e, kept.get(i)) > cosine(x.k[g], e, kept.get(best))) {
              best = i;
            }
          }
          double own = norm(x.v[g], e);
          double w =
              Math.max(0, cosine(x.k[g], e, kept.get(best)))
                  * own
                  / (own + norm(x.v[g], kept.get(best)));
          weights[best] += w;
          for (int i = 0; i < D; i++) {
            sum[best][i] += w * x.v[g][e * D + i];
          }
        }
      }
      float[] values = cache.memory().values(0, g);
      float[] keys = cache.memory().keys(0, g);
      for (int s = 0; s < budget; s++) {
        for (int i = 0; i < D; i++) {
          int from = kept.get(s) * D + i;
          assertEquals((x.v[g][from] + sum[s][i]) / (1 + weights[s]), values[s * D + i], 1e-4);
          assertEquals(x.k[g][from], keys[s * D + i]);
        }
      }
      assertArrayEquals(new float[budget], cache.memory().bias(0, g));
    }
  }

  private static double norm(float[] x, int row) {
    return Math.sqrt(dot(x, row, row));
  }

  private static double cosine(float[] x, int a, int b) {
    return dot(x, a, b) / norm(x, a) / norm(x, b);
  }

  private static double dot(float[] x, int a, int b) {
    double sum = 0;
    for (int i = 0; i < D; i++) {
      sum += (double) x[a * D + i] * x[b * D + i];
    }
    return sum;
  }
}
