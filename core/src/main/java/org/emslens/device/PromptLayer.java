package org.emslens.device;

/**
 * What is kept of one layer of a prompt of N tokens: H query heads over G KV heads of size d.
 *
 * @param queries after RoPE [H, N, d]
 * @param keys per KV head, after RoPE [G][N, d]
 * @param values per KV head [G][N, d]
 * @param normalisers log of the softmax's normaliser [H, N]
 * @param received attention summed over queries and averaged over the group [G, N]
 * @param lastRows attention of the last queries, averaged over the group, oldest first [G][rows][N]
 * @param thumbnails per query head, the map max-pooled [H][T * T]
 */
public record PromptLayer(
    float[] queries,
    float[][] keys,
    float[][] values,
    float[] normalisers,
    float[] received,
    float[][][] lastRows,
    float[][] thumbnails) {}
