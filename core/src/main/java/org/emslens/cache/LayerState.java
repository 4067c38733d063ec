package org.emslens.cache;

import java.util.List;

/**
 * What a policy sees of one layer.
 *
 * @param newest attention of the newest query, per KV head averaged over its group [G][n]
 */
public record LayerState(int layer, int layers, List<HeadState> heads, float[][] newest) {}
