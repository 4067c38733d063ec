package org.emslens.model;

/**
 * One decoder layer as data. With a = attention, f = feed-forward, r = residualScale and norms that
 * may be missing: x += r norm(a(norm(x))), then x += r norm(f(norm(x))); or, in parallel (arXiv
 * 2204.06745), both from the same x.
 *
 * @param attentionNorm before attention, or null
 * @param attentionOutputNorm after attention, before it is added, or null
 * @param feedForwardNorm before the feed-forward part, or null; in parallel, null stands for what
 *     attention reads
 * @param feedForwardOutputNorm after it, or null
 * @param residualScale what is added is multiplied by this
 */
public record LayerSpec(
    NormSpec attentionNorm,
    AttentionSpec attention,
    NormSpec attentionOutputNorm,
    NormSpec feedForwardNorm,
    FeedForwardSpec feedForward,
    NormSpec feedForwardOutputNorm,
    float residualScale,
    boolean parallel) {

  /** The usual layer: norms before, one part after the other. */
  public static LayerSpec of(
      NormSpec attentionNorm,
      AttentionSpec attention,
      NormSpec feedForwardNorm,
      FeedForwardSpec feedForward) {
    return new LayerSpec(
        attentionNorm, attention, null, feedForwardNorm, feedForward, null, 1, false);
  }
}
