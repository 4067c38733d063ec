package org.emslens.cache;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** All policies there are. Adding one is a line here. */
public enum Policies {
  FULL(
      "full",
      "Full cache",
      "Keeps every token; what the others are measured against.",
      o -> new Full()),
  STREAMING_LLM(
      "streaming-llm",
      "StreamingLLM",
      "Keeps the first four tokens and the most recent ones.",
      StreamingLlm::new,
      Switch.SLACK),
  H2O(
      "h2o",
      "H2O",
      "Keeps the most recent tokens and, in as many slots, those that got most attention so far.",
      H2o::new,
      Switch.SLACK),
  TOVA(
      "tova",
      "TOVA",
      "Drops at each step the token that the newest one looks at least.",
      Tova::new),
  SNAPKV(
      "snapkv",
      "SnapKV",
      "Keeps the window and what the window's queries look at.",
      SnapKv::new,
      Switch.WINDOW,
      Switch.SLACK),
  PYRAMIDKV(
      "pyramidkv",
      "PyramidKV",
      "SnapKV with more slots for early layers and fewer for late ones.",
      PyramidKv::new,
      Switch.WINDOW,
      Switch.SLACK),
  ADA_SNAPKV(
      "ada-snapkv",
      "Ada-SnapKV",
      "SnapKV whose heads share a layer's budget by need.",
      AdaSnapKv::new,
      Switch.WINDOW,
      Switch.SLACK),
  MERGE_ON_EVICT(
      "merge-on-evict",
      "Merge-on-evict",
      "SnapKV that blends each evicted value into the kept token of the most similar key.",
      MergeOnEvict::new,
      Switch.WINDOW,
      Switch.SLACK),
  EMS(
      "ems",
      "EMS",
      "Keeps what all queries and what the last ones look at, merges what is alike, evicts the rest.",
      Ems::new,
      CacheOptions.EMS),
  EMS_SHARED(
      "ems-shared",
      "EMS, shared",
      "EMS whose heads share a layer's budget by need, and lean on the last queries.",
      Ems::new,
      CacheOptions.EMS_SHARED),
  EMS_REPORTED(
      "ems-reported",
      "EMS as reported",
      "EMS as people who read the paper's body tell it.",
      Ems::new,
      CacheOptions.EMS_AS_REPORTED);

  private final String id;
  private final String title;
  private final String about;
  private final Function<CacheOptions, CachePolicy> make;
  private final CacheOptions preset;
  private final Set<Switch> switches;

  /** One that shares EMS's defaults where it has a switch at all. */
  Policies(
      String id,
      String title,
      String about,
      Function<CacheOptions, CachePolicy> make,
      Switch... switches) {
    this.id = id;
    this.title = title;
    this.about = about;
    this.make = make;
    this.preset = CacheOptions.EMS;
    this.switches = Set.of(switches);
  }

  /** One that reads all switches. */
  Policies(
      String id,
      String title,
      String about,
      Function<CacheOptions, CachePolicy> make,
      CacheOptions preset) {
    this.id = id;
    this.title = title;
    this.about = about;
    this.make = make;
    this.preset = preset;
    this.switches = Set.of(Switch.values());
  }

  /** One sentence on what it does. */
  public String about() {
    return about;
  }

  /** The switches that change what it does. */
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
