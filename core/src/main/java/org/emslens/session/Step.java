package org.emslens.session;

import org.emslens.cache.CacheFrame;
import org.emslens.cache.CompressionPlan;
import org.emslens.text.Token;

/**
 * One moment of a run. Step 0 is the end of the prompt; every later one has fed one generated token
 * to the model.
 *
 * @param token the token that was fed; null at step 0
 * @param text what it adds to the generated text; characters come when they are whole
 * @param before slots that the token's query saw, its own included
 * @param attention its attention per query head over those slots [layers * H][slots]
 * @param plan the compression that followed, or null
 * @param after slots after that
 * @param next what may come next
 * @param drawn what the next token is drawn from under the run's sampling; null where that is
 *     `next` as it is, or its most probable token
 * @param fullNext what the full cache would say, or null where it was not asked
 * @param divergence KL of `next` from `fullNext` over the whole vocabulary, in nats; NaN where it
 *     was not asked
 * @param outputError per query head, how far its output is from the full cache's: |full - o| /
 *     |full| [layers * H]; empty where it was not asked, and at step 0
 * @param planMillis time that planning and applying took
 * @param millis time that the step took in all
 */
public record Step(
    int index,
    Token token,
    String text,
    CacheFrame before,
    StepAttention attention,
    CompressionPlan plan,
    CacheFrame after,
    Distribution next,
    Distribution drawn,
    Distribution fullNext,
    double divergence,
    float[] outputError,
    double planMillis,
    double millis) {

  static final float[] NOT_ASKED = {};

  /** The token's attention in one query head over the slots of `before`. */
  public float[] attention(int head) {
    short[] half = attention.row(head);
    float[] row = new float[half.length];
    for (int j = 0; j < row.length; j++) {
      row[j] = Float.float16ToFloat(half[j]);
    }
    return row;
  }

  /** Tokens that the model has seen. */
  public int seen() {
    return after.seen();
  }
}
