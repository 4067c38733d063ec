package org.emslens.cache;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * All policies there are: what has a name in the literature is a row of this table, put together
 * from the parts that {@link ComposedPolicy} has.
 */
public enum Policies {
  FULL(
      "full",
      "Full cache",
      "Keeps every token; what the others are measured against.",
      CacheOptions.EMS,
      Set.of(),
      o -> new Full()),
  STREAMING_LLM(
      "streaming-llm",
      "StreamingLLM",
      "Keeps the first four tokens and the most recent ones.",
      CacheOptions.SNAPKV,
      Switches.of(Switches.DECODING, Switches.MERGING),
      o -> composed(o, new RecencyScore(), new EvenShares(Sharing.Scope.HEAD), When.WHEN_GROWN)),
  H2O(
      "h2o",
      "H2O",
      "Keeps the most recent tokens and, in as many slots, those that got most attention so far.",
      CacheOptions.SNAPKV,
      Switches.of(Switches.DECODING, Switches.SHARING, Switches.MERGING),
      o -> composed(o, new AccumulatedScore(), Sharing.of(o), When.WHEN_GROWN)),
  TOVA(
      "tova",
      "TOVA",
      "Drops at each step the token that the newest one looks at least.",
      CacheOptions.SNAPKV,
      Switches.of(Switches.MERGING),
      o -> composed(o, new NewestScore(), new EvenShares(Sharing.Scope.LAYER), When.EACH_STEP)),
  SNAPKV(
      "snapkv",
      "SnapKV",
      "Keeps the window and what the window's queries look at.",
      CacheOptions.SNAPKV,
      Switches.WINDOWED,
      o -> composed(o, new WindowScore(o), Sharing.of(o), When.WHEN_GROWN)),
  PYRAMIDKV(
      "pyramidkv",
      "PyramidKV",
      "SnapKV with more slots for early layers and fewer for late ones.",
      CacheOptions.SNAPKV,
      Switches.of(Switches.DECODING, Set.of(Switch.WINDOW), Switches.POOLING, Switches.MERGING),
      o -> composed(o, new WindowScore(o), new PyramidShares(), When.WHEN_GROWN)),
  ADA_SNAPKV(
      "ada-snapkv",
      "Ada-SnapKV",
      "SnapKV whose heads share a layer's budget by need.",
      CacheOptions.ADAPTIVE,
      Switches.WINDOWED,
      o -> composed(o, new WindowScore(o), Sharing.of(o), When.WHEN_GROWN)),
  MERGE_ON_EVICT(
      "merge-on-evict",
      "Merge-on-evict",
      "SnapKV that blends each evicted value into the kept token of the most similar key.",
      CacheOptions.SNAPKV.with(d -> d.merge = CacheOptions.Merge.BLEND),
      Switches.WINDOWED,
      o -> composed(o, new WindowScore(o), Sharing.of(o), When.WHEN_GROWN)),
  R_KV(
      "r-kv",
      "R-KV",
      "Keeps what the last queries look at and what is unlike the rest; made for long answers.",
      CacheOptions.R_KV,
      Switches.WINDOWED,
      o -> composed(o, new RedundancyScore(o), Sharing.of(o), When.WHEN_GROWN)),
  CRITICAL_ADA(
      "critical-ada",
      "CriticalAda",
      "Ada-SnapKV, half of whose slots go by how much a value adds to the layer's output.",
      CacheOptions.ADAPTIVE,
      Switches.of(Set.of(Switch.WINDOW), Switches.POOLING, Switches.SHARING, Switches.MERGING),
      o -> composed(o, new CriticalScore(o), Sharing.of(o), When.AFTER_PROMPT)),
  KEYDIFF(
      "keydiff",
      "KeyDiff",
      "Keeps the tokens whose keys are least like the others; needs no attention.",
      CacheOptions.SNAPKV,
      Switches.of(Switches.SHARING, Switches.MERGING),
      o -> asked(o, PromptScore.KEY_DIFFERENCE)),
  EXPECTED_ATTENTION(
      "expected-attention",
      "Expected Attention",
      "Keeps what queries to come will look at, judged by how queries were spread so far.",
      CacheOptions.SNAPKV,
      Switches.of(Switches.SHARING, Switches.MERGING),
      o -> asked(o, PromptScore.EXPECTED)),
  KVZIP(
      "kvzip",
      "KVzip",
      "Keeps what the model looks at while it repeats the prompt; all layers share the budget.",
      CacheOptions.KVZIP,
      Switches.of(Switches.SHARING, Switches.MERGING),
      o -> asked(o, PromptScore.REPEAT)),
  KVZIP_PLUS(
      "kvzip-plus",
      "KVzip+",
      "KVzip, each look weighted by how much the value adds to what there is.",
      CacheOptions.KVZIP,
      Switches.of(Switches.SHARING, Switches.MERGING),
      o -> asked(o, PromptScore.REPEAT_PLUS)),
  EMS(
      "ems",
      "EMS",
      "Keeps what all queries and what the last ones look at, merges what is alike, evicts the rest.",
      CacheOptions.EMS,
      Switches.EMS,
      Policies::globalLocal),
  EMS_SHARED(
      "ems-shared",
      "EMS, shared",
      "EMS whose heads share a layer's budget by need, and lean on the last queries.",
      CacheOptions.EMS_SHARED,
      Switches.EMS,
      Policies::globalLocal),
  EMS_REPORTED(
      "ems-reported",
      "EMS as reported",
      "EMS as people who read the paper's body tell it.",
      CacheOptions.EMS_AS_REPORTED,
      Switches.EMS,
      Policies::globalLocal),
  EMS_REPEAT(
      "ems-repeat",
      "EMS, repeating",
      "Keeps what the model looks at while it repeats the prompt, merges what is alike; for questions that come afterwards.",
      CacheOptions.EMS_REPEAT,
      Switches.of(Switches.SHARING, Switches.MERGING, Set.of(Switch.SCORE)),
      o -> asked(o, o.score().asked()));

  /** Which switches go together. */
  private static final class Switches {
    static final Set<Switch> ALL = EnumSet.of(Switch.PRECISION);
    static final Set<Switch> DECODING = EnumSet.of(Switch.SLACK);
    static final Set<Switch> POOLING = EnumSet.of(Switch.KERNEL, Switch.POOL);
    static final Set<Switch> SHARING = EnumSet.of(Switch.SHARE, Switch.FLOOR);
    static final Set<Switch> MERGING =
        EnumSet.of(
            Switch.MERGE,
            Switch.MASS,
            Switch.POOL_LIMIT,
            Switch.TAU,
            Switch.MERGE_KEYS,
            Switch.BIAS,
            Switch.SIMILARITY,
            Switch.ADAPTIVE,
            Switch.COUNT_CORRECTION);
    static final Set<Switch> WINDOWED =
        of(DECODING, Set.of(Switch.WINDOW), POOLING, SHARING, MERGING);
    static final Set<Switch> EMS =
        of(WINDOWED, EnumSet.of(Switch.ALPHA, Switch.ALIGN, Switch.HOSTS));

    @SafeVarargs
    static Set<Switch> of(Set<Switch>... sets) {
      Set<Switch> all = EnumSet.noneOf(Switch.class);
      for (Set<Switch> s : sets) {
        all.addAll(s);
      }
      return all;
    }
  }

  private final String id;
  private final String title;
  private final String about;
  private final CacheOptions preset;
  private final Set<Switch> switches;
  private final Function<CacheOptions, CachePolicy> make;

  Policies(
      String id,
      String title,
      String about,
      CacheOptions preset,
      Set<Switch> switches,
      Function<CacheOptions, CachePolicy> make) {
    this.id = id;
    this.title = title;
    this.about = about;
    this.preset = preset;
    this.switches = Set.copyOf(Switches.of(switches, Switches.ALL));
    this.make = make;
  }

  private static CachePolicy composed(CacheOptions o, Scorer scorer, Sharing sharing, When when) {
    return new ComposedPolicy(
        scorer,
        sharing,
        Losing.of(o),
        when,
        o.countCorrection(),
        o.merge() == CacheOptions.Merge.EMS ? o.mergeKeys() : CacheOptions.MergeKeys.CENTRE);
  }

  private static CachePolicy globalLocal(CacheOptions o) {
    return composed(o, new GlobalLocalScore(o), Sharing.of(o), When.WHEN_GROWN);
  }

  private static CachePolicy asked(CacheOptions o, PromptScore what) {
    return composed(o, new AskedScore(what), Sharing.of(o), When.AFTER_PROMPT);
  }

  /** One sentence on what it does. */
  public String about() {
    return about;
  }

  /** The switches that can change what it does. */
  public Set<Switch> switches() {
    return switches;
  }

  public String id() {
    return id;
  }

  public String title() {
    return title;
  }

  /** The switches it comes with. */
  public CacheOptions preset() {
    return preset;
  }

  public CachePolicy with(CacheOptions options) {
    return make.apply(options);
  }

  public static List<String> ids() {
    return List.of(values()).stream().map(Policies::id).toList();
  }

  /**
   * @throws IllegalArgumentException naming the policies there are
   */
  public static Policies byId(String id) {
    for (Policies p : values()) {
      if (p.id.equals(id)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "policy is '" + id + "'; expected one of " + String.join(", ", ids()) + ".");
  }
}
