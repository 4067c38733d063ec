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

  /** A cache that is given the text, and who is told what it predicts. */
  record Pupil(Cache cache, Listener listener) {}

  /**
   * Gives all tokens but the last, which nothing is predicted from.
   *
   * @param pupils who have seen as many tokens of prompts of one length; they are taught side by
   *     side
   * @param from the first token whose prediction the listeners are given
   */
  static void run(ForwardPass pass, List<Pupil> pupils, int[] text, int from, Progress progress) {
    int given = text.length - 1;
    int at = 0;
    while (at < given) {
      int start = at;
      int size = Math.min(given - at, BLOCK);
      for (Pupil p : pupils) {
        size = Math.min(size, p.cache.untilSettled());
      }
      at += size;
      int[] ids = Arrays.copyOfRange(text, start, at);
      pass.extend(
          pupils.stream().map(p -> passage(pass, p, ids, start, from)).toList(),
          share -> progress.at((start + share * ids.length) / given));
    }
    progress.at(1);
  }

  private static ForwardPass.Passage passage(
      ForwardPass pass, Pupil pupil, int[] ids, int start, int from) {
    List<DecodeTap> taps = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      taps.add(start + i < from ? null : DecodeTap.ofOutputs(pass.config().allHeads()));
    }
    boolean silent = start + ids.length <= from;
    ForwardPass.LogitsSink sink =
        (i, logits) -> {
          if (taps.get(i) != null) {
            pupil.listener.predicted(start + i, logits, taps.get(i));
          }
        };
    return new ForwardPass.Passage(pupil.cache, ids, silent ? null : sink, taps);
  }
}
