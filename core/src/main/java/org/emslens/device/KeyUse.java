package org.emslens.device;

/**
 * What several queries made of the slots that were there before them: per KV head, over the queries
 * and the query heads of its group.
 *
 * @param sum attention received, averaged over the group [layers * G][slots]
 * @param most the largest probability [layers * G][slots]
 */
public record KeyUse(float[][] sum, float[][] most) {

  public KeyUse(int allKvHeads) {
    this(new float[allKvHeads][], new float[allKvHeads][]);
  }
}
