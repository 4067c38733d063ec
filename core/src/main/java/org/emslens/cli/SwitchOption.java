package org.emslens.cli;

import org.emslens.cache.CacheOptions;
import picocli.CommandLine.Option;

/** The switches of the policies; defaults are those of EMS. */
final class SwitchOption {
  private static final CacheOptions EMS = CacheOptions.EMS;

  @Option(names = "--window", paramLabel = "W", description = "Newest tokens kept verbatim (16).")
  private int window = EMS.window();

  @Option(
      names = "--slack",
      description = "Slots a head may grow before it is compressed again (32).")
  private int slack = EMS.slack();

  @Option(names = "--alpha", description = "Share of Global in the Global-Local score (0.4).")
  private double alpha = EMS.alpha();

  @Option(
      names = "--align",
      paramLabel = "quota|mean",
      description = "How Global and Local are joined (quota).")
  private CacheOptions.Align align = EMS.align();

  @Option(names = "--kernel", description = "Width of Local's max-pooling, odd (13).")
  private int kernel = EMS.kernel();

  @Option(names = "--mass", description = "Attention that centres and pool hold together (0.98).")
  private double mass = EMS.mass();

  @Option(names = "--pool-limit", description = "Pool at most, as a multiple of the centres (4).")
  private double poolLimit = EMS.poolLimit();

  @Option(names = "--tau", description = "Similarity of the zero class (0.3).")
  private double tau = EMS.tau();

  @Option(
      names = "--merge-keys",
      paramLabel = "centre|direction",
      description = "A merged slot's key (centre).")
  private CacheOptions.MergeKeys mergeKeys = EMS.mergeKeys();

  @Option(
      names = "--bias",
      paramLabel = "mass|count|none",
      description = "Logit bias of merged slots (mass).")
  private CacheOptions.Bias bias = EMS.bias();

  @Option(
      names = "--hosts",
      paramLabel = "shared|all",
      description = "Which centres take members (shared).")
  private CacheOptions.Hosts hosts = EMS.hosts();

  @Option(
      names = "--similarity",
      paramLabel = "both|keys|values",
      description = "What is compared (both).")
  private CacheOptions.Similarity similarity = EMS.similarity();

  @Option(names = "--no-merge", description = "Evict only.")
  private boolean noMerge;

  @Option(
      names = "--no-count-correction",
      description = "Global is not divided by the queries that saw the token.")
  private boolean noCountCorrection;

  @Option(
      names = "--no-adaptive",
      description = "The pool is pool-limit times the centres in every head.")
  private boolean noAdaptive;

  /**
   * @throws IllegalArgumentException naming the switch, what was found and what was expected
   */
  CacheOptions options() {
    return new CacheOptions(
        window,
        slack,
        alpha,
        align,
        !noCountCorrection,
        kernel,
        mass,
        poolLimit,
        tau,
        !noMerge,
        mergeKeys,
        bias,
        hosts,
        similarity,
        !noAdaptive);
  }
}
