package org.emslens.app.lens;

import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadSlots;
import org.emslens.model.AttentionSpec;
import org.emslens.session.Run;
import org.emslens.session.Step;

/**
 * A run seen at one step and one head: what most regions draw.
 *
 * @param head query head within the layer
 */
public record View(Run run, int stepIndex, int layer, int head) {

  public Step step() {
    return run.steps().get(stepIndex);
  }

  /** Number of the query head among those of all layers. */
  public int queryHead() {
    return layer * run.config().heads() + head;
  }

  /** Number of its KV head among those of all layers. */
  public int kvHead() {
    return layer * run.config().kvHeads() + head / run.config().group();
  }

  /** Slots of the KV head after the step. */
  public HeadSlots slots() {
    return step().after().head(kvHead());
  }

  /** How the layer attends. */
  public AttentionSpec.Shape shape() {
    return run.prefill().shapes().get(layer);
  }

  /** How many tokens up to its own a query of the layer reaches, or 0 for all. */
  public int window() {
    return shape().window();
  }

  /** The first position that the layer's next query reaches. */
  public int reached() {
    return run.reached(layer, step());
  }

  /** The latest compression up to this step, or null. */
  public Step lastCompression() {
    for (int i = stepIndex; i >= 0; i--) {
      if (run.steps().get(i).plan() != null) {
        return run.steps().get(i);
      }
    }
    return null;
  }

  /** What the latest compression did to the KV head, or null. */
  public HeadPlan lastPlan() {
    Step s = lastCompression();
    return s == null ? null : s.plan().heads().get(kvHead());
  }

  /** Tokens of the prompt. */
  public int promptTokens() {
    return run.prompt().size();
  }
}
