package org.emslens.cache;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.emslens.math.Ranking;

/**
 * Adaptive evict-then-merge (arXiv 2412.08521), as section 1 to 3 of the project's specification
 * reads it: rank by the Global-Local score, evict by the head's sparsity, merge by its redundancy.
 */
public final class Ems implements CachePolicy {
  private static final float TINY = 1e-12f;

  private final CacheOptions options;

  public Ems(CacheOptions options) {
    this.options = options;
  }

  @Override
  public int minimumBudget() {
    return options.window() + 1;
  }

  @Override
  public CacheOptions.MergeKeys mergeKeys() {
    return options.mergeKeys();
  }

  @Override
  public List<HeadPlan> plan(LayerState layer, int budget) {
    return choose(layer, budget).get();
  }

  @Override
  public Supplier<List<HeadPlan>> choose(LayerState layer, int budget) {
    List<Supplier<HeadPlan>> heads = chosen(layer, budget);
    return () -> heads.stream().map(Supplier::get).toList();
  }

  private List<Supplier<HeadPlan>> chosen(LayerState layer, int budget) {
    List<Ranked> heads = layer.heads().stream().map(this::parts).toList();
    int centres = budget - options.window();
    if (options.share() == CacheOptions.Share.LAYER) {
      return shared(layer, heads, centres);
    }
    return heads.stream()
        .map(
            h -> {
              int most = Math.min(centres, h.candidates());
              var score = GlobalLocalScore.of(List.of(h.parts), Math.max(1, most), options);
              return choose(h, score.getFirst(), most);
            })
        .toList();
  }

  private List<Supplier<HeadPlan>> shared(LayerState layer, List<Ranked> heads, int centres) {
    int all = heads.stream().mapToInt(Ranked::candidates).sum();
    int most = Math.clamp((long) centres * heads.size(), 1, Math.max(1, all));
    List<GlobalLocalScore> scores =
        GlobalLocalScore.of(heads.stream().map(Ranked::parts).toList(), most, options);
    int[] places = SharedPlaces.of(scores.stream().map(GlobalLocalScore::score).toList(), centres);
    return IntStream.range(0, places.length)
        .mapToObj(g -> choose(heads.get(g), scores.get(g), places[g]))
        .toList();
  }

  /** A head with what its candidates are ranked by. */
  private record Ranked(HeadState head, float[] mass, GlobalLocalScore.Parts parts) {
    int candidates() {
      return parts.near().length;
    }
  }

  private Ranked parts(HeadState head) {
    int c = Math.max(0, head.slots() - options.window());
    float[] global = head.global(options.countCorrection());
    return new Ranked(
        head,
        HeadwisePolicy.mass(head, global),
        GlobalLocalScore.Parts.of(global, head.local(), head.position(), c, options.kernel()));
  }

  private Supplier<HeadPlan> choose(Ranked ranked, GlobalLocalScore by, int centres) {
    HeadState head = ranked.head;
    float[] mass = ranked.mass;
    int n = head.slots();
    int c = ranked.candidates();
    int window = n - c;
    int budget = centres + window;
    int needed = Sparsity.needed(mass, c, options.mass());
    int[] kept = Arrays.copyOf(Ranking.best(by.score(), c, centres), budget);
    for (int i = centres; i < budget; i++) {
      kept[i] = c + i - centres;
    }
    int[] target = new int[n];
    Arrays.fill(target, -1);
    for (int i = 0; i < budget; i++) {
      target[kept[i]] = i;
    }
    int[] next = Ranking.best(by.score(), c, centres + poolSize(needed, centres, c));
    int[] pool = new int[next.length];
    int pooled = 0;
    for (int j : next) {
      if (target[j] < 0) {
        pool[pooled++] = j;
      }
    }
    boolean[] takesMembers = new boolean[centres];
    for (int i = 0; i < centres; i++) {
      takesMembers[i] = options.hosts() == CacheOptions.Hosts.ALL || !by.localOnly()[kept[i]];
    }
    MergeAssignment merge =
        new MergeAssignment(head, options, Arrays.copyOf(pool, pooled), kept, takesMembers);
    HeadPlan.Scores scores =
        new HeadPlan.Scores(ranked.parts.global(), Arrays.copyOf(head.local(), c), by.score());
    return () -> {
      float redundancy = merge.assign(target);
      return new HeadPlan(
          kept,
          window,
          target,
          mass,
          bias(kept, target, mass),
          scores,
          HeadPlan.readout(target, kept, mass, window, needed, redundancy));
    };
  }

  /** The pool reaches as far as the head's attention does, within the limit. */
  private int poolSize(int needed, int centres, int c) {
    if (!options.merge()) {
      return 0;
    }
    int wanted = options.adaptive() ? needed - centres : Integer.MAX_VALUE;
    return Math.max(
        0, Math.min(wanted, Math.min((int) (options.poolLimit() * centres), c - centres)));
  }

  /** What is added to each kept slot's logit, since a merged slot answers for several tokens. */
  private float[] bias(int[] kept, int[] target, float[] mass) {
    float[] bias = new float[kept.length];
    if (options.bias() == CacheOptions.Bias.NONE) {
      return bias;
    }
    double[] sum = new double[kept.length];
    int[] count = new int[kept.length];
    for (int j = 0; j < target.length; j++) {
      if (target[j] >= 0) {
        sum[target[j]] += mass[j];
        count[target[j]]++;
      }
    }
    for (int i = 0; i < kept.length; i++) {
      if (count[i] > 1) {
        double share = sum[i] > 0 ? mass[kept[i]] / sum[i] : 1.0 / count[i];
        boolean byMass = options.bias() == CacheOptions.Bias.MASS && share > TINY;
        bias[i] = (float) (byMass ? -Math.log(share) : Math.log(count[i]));
      }
    }
    return bias;
  }
}
