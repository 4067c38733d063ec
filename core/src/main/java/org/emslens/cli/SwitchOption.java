package org.emslens.cli;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Switch;
import picocli.CommandLine.Option;

/** The switches of the policies; what is left out is as the policy's preset has it. */
final class SwitchOption {
  private final Map<Switch, String> set = new EnumMap<>(Switch.class);

  @Option(
      names = "--window",
      paramLabel = "W",
      description = "Newest tokens kept verbatim (16; R-KV 8).")
  void window(String v) {
    set.put(Switch.WINDOW, v);
  }

  @Option(
      names = "--slack",
      paramLabel = "N",
      description = "Slots a head may grow before it is compressed again (32).")
  void slack(String v) {
    set.put(Switch.SLACK, v);
  }

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Share of Global in the Global-Local score (0.4).")
  void alpha(String v) {
    set.put(Switch.ALPHA, v);
  }

  @Option(
      names = "--align",
      paramLabel = "quota|mean",
      description =
          "How Global and Local are joined: places for each, or their weighted mean (quota).")
  void align(String v) {
    set.put(Switch.ALIGN, v);
  }

  @Option(
      names = "--kernel",
      paramLabel = "N",
      description =
          "Width over which the window's attention is pooled, odd (13; SnapKV 5, R-KV 7).")
  void kernel(String v) {
    set.put(Switch.KERNEL, v);
  }

  @Option(
      names = "--pool",
      paramLabel = "max|avg",
      description = "How it is pooled (max; SnapKV avg).")
  void pool(String v) {
    set.put(Switch.POOL, v);
  }

  @Option(
      names = "--mass",
      paramLabel = "X",
      description = "Attention that centres and pool hold together (0.98).")
  void mass(String v) {
    set.put(Switch.MASS, v);
  }

  @Option(
      names = "--pool-limit",
      paramLabel = "X",
      description = "Pool at most, as a multiple of the centres (4).")
  void poolLimit(String v) {
    set.put(Switch.POOL_LIMIT, v);
  }

  @Option(names = "--tau", paramLabel = "X", description = "Similarity of the zero class (0.3).")
  void tau(String v) {
    set.put(Switch.TAU, v);
  }

  @Option(
      names = "--merge-keys",
      paramLabel = "centre|direction",
      description =
          "A merged slot's key: the centre's own, or turned towards its members' (centre).")
  void mergeKeys(String v) {
    set.put(Switch.MERGE_KEYS, v);
  }

  @Option(
      names = "--bias",
      paramLabel = "mass|count|none",
      description = "Logit bias of merged slots (mass).")
  void bias(String v) {
    set.put(Switch.BIAS, v);
  }

  @Option(
      names = "--hosts",
      paramLabel = "shared|all",
      description =
          "Which centres take members: those that Global has chosen too, or all (shared).")
  void hosts(String v) {
    set.put(Switch.HOSTS, v);
  }

  @Option(
      names = "--similarity",
      paramLabel = "both|keys|values",
      description =
          "What is compared when slots are merged: keys, values, or the product of both (both).")
  void similarity(String v) {
    set.put(Switch.SIMILARITY, v);
  }

  @Option(
      names = "--share",
      paramLabel = "even|layer|all",
      description =
          "Whether heads of a layer, or of all layers, share the budget by need (even; ada-snapkv, critical-ada and ems-shared layer; kvzip, kvzip-plus and ems-repeat all).")
  void share(String v) {
    set.put(Switch.SHARE, v);
  }

  @Option(
      names = "--floor",
      paramLabel = "X",
      description =
          "What each head is sure of where budgets are shared, as a share of the even one (0.2; KVzip 0).")
  void floor(String v) {
    set.put(Switch.FLOOR, v);
  }

  @Option(
      names = "--merge",
      paramLabel = "none|blend|ems",
      description =
          "What becomes of slots that are not kept (ems; merge-on-evict blend, other policies none).")
  void merge(String v) {
    set.put(Switch.MERGE, v);
  }

  @Option(
      names = "--score",
      paramLabel = "repeat|repeat-plus|expected|keydiff",
      description = "What ems-repeat ranks by (repeat-plus).")
  void score(String v) {
    set.put(Switch.SCORE, v);
  }

  @Option(
      names = "--precision",
      paramLabel = "float32|int8|int4|int2",
      description = "How exactly keys and values older than the window are kept (float32).")
  void precision(String v) {
    set.put(Switch.PRECISION, v);
  }

  @Option(
      names = "--count-correction",
      negatable = true,
      description = "Whether Global is divided by the queries that saw the token (it is).")
  void countCorrection(boolean v) {
    set.put(Switch.COUNT_CORRECTION, Boolean.toString(v));
  }

  @Option(
      names = "--adaptive",
      negatable = true,
      description =
          "Whether a head's pool goes by its attention; or is pool-limit times its centres (it does; of ems-repeat it does not).")
  void adaptive(boolean v) {
    set.put(Switch.ADAPTIVE, Boolean.toString(v));
  }

  /** What was set. */
  Set<Switch> given() {
    return set.keySet();
  }

  /**
   * @throws IllegalArgumentException naming the switch, what was found and what was expected
   */
  CacheOptions options(CacheOptions preset) {
    CacheOptions options = preset;
    for (Map.Entry<Switch, String> e : set.entrySet()) {
      options = e.getKey().set(options, e.getValue());
    }
    return options;
  }
}
