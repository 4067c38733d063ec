package org.emslens.cache;

import java.util.List;
import java.util.function.Function;

/** All policies there are. Adding one is a line here. */
public enum Policies {
  FULL("full", "Full cache", o -> new Full()),
  STREAMING_LLM("streaming-llm", "StreamingLLM", StreamingLlm::new),
  H2O("h2o", "H2O", H2o::new),
  TOVA("tova", "TOVA", Tova::new),
  SNAPKV("snapkv", "SnapKV", SnapKv::new),
  PYRAMIDKV("pyramidkv", "PyramidKV", PyramidKv::new),
  ADA_SNAPKV("ada-snapkv", "Ada-SnapKV", AdaSnapKv::new),
  MERGE_ON_EVICT("merge-on-evict", "Merge-on-evict", MergeOnEvict::new),
  EMS("ems", "EMS", Ems::new),
  EMS_SHARED("ems-shared", "EMS, shared", Ems::new, CacheOptions.EMS_SHARED),
  EMS_REPORTED("ems-reported", "EMS as reported", Ems::new, CacheOptions.EMS_AS_REPORTED);

  private final String id;
  private final String title;
  private final Function<CacheOptions, CachePolicy> make;
  private final CacheOptions preset;

  Policies(String id, String title, Function<CacheOptions, CachePolicy> make) {
    this(id, title, make, CacheOptions.EMS);
  }

  Policies(String id, String title, Function<CacheOptions, CachePolicy> make, CacheOptions preset) {
    this.id = id;
    this.title = title;
    this.make = make;
    this.preset = preset;
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
