package org.emslens.experiment;

import java.util.List;
import org.emslens.device.DecodeTap;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.session.LogProbabilities;

/**
 * What the full cache says of a text: measured once, compared with as often as needed.
 *
 * @param continuation tokens that follow the prompt
 * @param first of them that is measured; those before it only follow the compressed prompt, such as
 *     a question about it
 * @param parts of an answer that measured tokens belong to, as {@link Task.Tokens#parts}
 * @param said of each measured token, before it
 * @param taps what heads put out where logits before each measured token were made; null for the
 *     prompt's own last token
 */
public record Baseline(
    Prompt prefill,
    int[] continuation,
    int first,
    int[] parts,
    LogProbabilities[] said,
    DecodeTap[] taps) {

  /** A task's, all of it. */
  static Baseline of(ForwardPass pass, Task.Tokens t, Progress progress) {
    Baseline b = of(pass, t.prompt(), t.continuation(), t.first(), progress);
    return new Baseline(b.prefill, b.continuation, b.first, t.parts(), b.said, b.taps);
  }

  /**
   * Runs the prompt and teacher-forces the continuation with the full cache.
   *
   * @param continuation at least one token
   * @param first below its length
   */
  public static Baseline of(
      ForwardPass pass, int[] prompt, int[] continuation, int first, Progress progress) {
    Prompt prefill = pass.prompt(prompt, null, share -> progress.at(share / 2));
    Cache full = prefill.cache(1);
    int measured = continuation.length - first;
    LogProbabilities[] said = new LogProbabilities[measured];
    DecodeTap[] taps = new DecodeTap[measured];
    if (first == 0) {
      said[0] = LogProbabilities.of(prefill.logits());
    }
    TeacherForcing.run(
        pass,
        List.of(
            new TeacherForcing.Pupil(
                full,
                (i, next, outputs) -> {
                  said[i + 1 - first] = LogProbabilities.of(next.clone());
                  taps[i + 1 - first] = outputs;
                })),
        continuation,
        Math.max(0, first - 1),
        share -> progress.at((1 + share) / 2));
    return new Baseline(prefill, continuation, first, new int[0], said, taps);
  }

  /** The first token of the continuation after which a prediction is measured. */
  int from() {
    return Math.max(0, first - 1);
  }
}
