package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.device.DecodeTap;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;

/**
 * Gives a model the tokens of a known text, whatever it would have said itself. They are run
 * several at once: that is as exact as one by one where nothing happens to the cache between them.
 */
final class TeacherForcing {
  /** Tokens at once: enough that weights are hardly read again, few enough to be stopped. */
  private static final int BLOCK = 64;

  private TeacherForcing() {}

  /** Receives what is predicted after a token; the logits' array is reused. */
  @FunctionalInterface
  interface Listener {
    /**
     * @param token its place in the text
     * @param outputs of its heads
     */
    void predicted(int token, float[] logits, DecodeTap outputs);
  }

  /**
   * Gives all tokens but the last, which nothing is predicted from.
   *
   * @param from the first token whose prediction the listener is given
   */
  static void run(
      ForwardPass pass, Cache cache, int[] text, int from, Listener listener, Progress progress) {
    int given = text.length - 1;
    for (int at = 0; at < given; at += BLOCK) {
      int start = at;
      int n = Math.min(BLOCK, given - at);
      List<DecodeTap> taps = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        taps.add(at + i < from ? null : DecodeTap.ofOutputs(pass.config().allHeads()));
      }
      pass.extend(
          cache,
          Arrays.copyOfRange(text, at, at + n),
          at + n <= from
              ? null
              : (i, logits) -> {
                if (taps.get(i) != null) {
                  listener.predicted(start + i, logits, taps.get(i));
                }
              },
          taps,
          null,
          share -> progress.at((start + share * n) / given));
    }
    progress.at(1);
  }
}
