package org.emslens.engine;

import java.util.stream.IntStream;
import org.emslens.cache.KvCache;
import org.emslens.math.Exponential;
import org.emslens.model.ModelConfig;

/**
 * The uncompressed run of a prompt of N tokens, kept whole: compression is planned from it as often
 * as the user likes, and any head's attention map is computed from it, without running the prompt
 * again.
 *
 * @param ids the prompt
 * @param queries per layer, after RoPE [H, N, d]
 * @param keys per layer and KV head, after RoPE [layers * G][N, d]
 * @param values per layer and KV head [layers * G][N, d]
 * @param normalisers per layer, log of the softmax's normaliser [H, N]
 * @param received per layer, attention summed over queries and averaged over the group [G, N]
 * @param lastRows per layer, attention of the last `lastRowCount` queries, averaged over the group,
 *     oldest first [G, lastRowCount, N]
 * @param thumbnails per query head, the map max-pooled to {@link #THUMBNAIL} squared [layers * H][T
 *     * T]
 * @param logits of the last position [vocab]; empty where this was read from a recording
 */
public record Prefill(
    ModelConfig config,
    int[] ids,
    float[][] queries,
    float[][] keys,
    float[][] values,
    float[][] normalisers,
    float[][] received,
    float[][] lastRows,
    int lastRowCount,
    float[][] thumbnails,
    float[] logits) {

  /** Rows and columns of a head's small picture. */
  public static final int THUMBNAIL = 24;

  public int tokens() {
    return ids.length;
  }

  /**
   * A fresh full cache of this prompt that remembers the attention of the last `window` queries.
   */
  public KvCache cache(int window) {
    return KvCache.of(
        config.kvHeads(),
        config.headDim(),
        tokens(),
        keys,
        values,
        received,
        lastRows,
        lastRowCount,
        window);
  }

  /** The attention of the last token in every query head, as if it had just been decoded. */
  public DecodeTap lastAttention() {
    DecodeTap rows = new DecodeTap(config.allHeads());
    int n = tokens();
    IntStream.range(0, config.allHeads())
        .parallel()
        .forEach(
            h -> {
              AttentionMap map = AttentionMap.of(this, h / config.heads(), h % config.heads());
              float[] row = new float[n];
              map.row(n - 1, row, new Exponential());
              rows.attention(h, row, 0, n);
            });
    return rows;
  }
}
