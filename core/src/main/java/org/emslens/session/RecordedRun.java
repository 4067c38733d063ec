package org.emslens.session;

import java.util.List;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.PromptScore;
import org.emslens.model.AttentionSpec;
import org.emslens.model.ModelConfig;
import org.emslens.text.Token;

/**
 * The JSON part of a recording, `recording.json`: everything but large arrays.
 *
 * @param format always {@link Recording#FORMAT}
 * @param version see {@link Recording}
 * @param asked what was asked of the prompt; empty in versions before 5
 * @param repeated parts of the prompt whose repetition is kept; empty in versions before 8
 * @param turns of the user's after the prompt
 * @param manifest where it comes from; null in versions before 3
 */
record RecordedRun(
    String format,
    int version,
    String model,
    ModelConfig config,
    List<AttentionSpec.Shape> attention,
    String promptText,
    List<Token> prompt,
    int lastRowCount,
    List<PromptScore> asked,
    List<Repeated> repeated,
    String policy,
    CacheOptions options,
    Budget budget,
    Sampling sampling,
    boolean ended,
    Manifest manifest,
    List<Turn> turns,
    List<RecordedStep> steps) {

  /** A part as {@link org.emslens.engine.RepetitionMap.Part} has it. */
  record Repeated(int from, int to, int first) {
    int rows() {
      return to - from;
    }
  }

  /**
   * A step without its attention, plan and provenance, which stand in entries of their own or
   * follow from those.
   */
  record RecordedStep(
      Token token,
      String text,
      boolean plan,
      Distribution next,
      Distribution drawn,
      Distribution fullNext,
      double divergence,
      double planMillis,
      double millis) {}
}
