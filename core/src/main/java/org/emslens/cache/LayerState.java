package org.emslens.cache;

import java.util.List;

/**
 * What a policy sees of one layer.
 *
 * @param headDim d, the size of one key
 * @param newest attention of the newest query, per KV head averaged over its group [G][n]
 */
public record LayerState(
    int layer, int layers, int headDim, List<HeadState> heads, float[][] newest) {}
