package org.emslens.model;

/**
 * One decoder layer as data: x += attention(norm(x)), then x += feedForward(norm(x)).
 *
 * @param attentionNorm before attention
 * @param feedForwardNorm before the feed-forward part
 */
public record LayerSpec(
    NormSpec attentionNorm,
    AttentionSpec attention,
    NormSpec feedForwardNorm,
    FeedForwardSpec feedForward) {}
