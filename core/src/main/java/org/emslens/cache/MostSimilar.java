package org.emslens.cache;

/**
 * Which of some centres each slot of a pool resembles most.
 *
 * @param centre per slot of the pool, an index into the centres [pool]
 * @param similarity to it, at least the floor [pool]
 */
public record MostSimilar(int[] centre, float[] similarity) {}
