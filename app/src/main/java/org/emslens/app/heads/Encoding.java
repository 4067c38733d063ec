package org.emslens.app.heads;

import org.emslens.app.lens.View;
import org.emslens.cache.HeadPlan;
import org.emslens.engine.scores.RetrievalHeads;

/** What a head's tile shows. */
public enum Encoding {
  ATTENTION("attention"),
  SPARSITY("sparsity"),
  REDUNDANCY("redundancy"),
  KEPT("attention kept"),
  MERGED("attention merged"),
  EVICTED("attention evicted"),
  OUTPUT_ERROR("output error"),
  RETRIEVAL("prompt found again");

  private final String title;

  Encoding(String title) {
    this.title = title;
  }

  /**
   * A number of one query head, drawn from 0 to 1: of its KV head after the latest compression; for
   * the output error, of the head itself at the shown step; for what is found again, of its KV head
   * and the prompt. NaN where there is none.
   */
  double value(View view, int layer, int head) {
    int heads = view.run().config().heads();
    if (this == OUTPUT_ERROR) {
      float[] error = view.step().outputError();
      return error.length == 0 ? Double.NaN : error[layer * heads + head];
    }
    int kvHead = layer * view.run().config().kvHeads() + head / view.run().config().group();
    if (this == RETRIEVAL) {
      return RetrievalHeads.share(view.run().prefill(), layer, head / view.run().config().group());
    }
    if (view.lastCompression() == null) {
      return Double.NaN;
    }
    HeadPlan.Readout r = view.lastCompression().plan().heads().get(kvHead).readout();
    return switch (this) {
      case ATTENTION, OUTPUT_ERROR, RETRIEVAL -> Double.NaN;
      case SPARSITY -> r.sparsity();
      case REDUNDANCY -> r.redundancy();
      case KEPT -> r.keptMass();
      case MERGED -> r.mergedMass();
      case EVICTED -> r.evictedMass();
    };
  }

  /** What is to be done for numbers where there are none, or null where there are. */
  String missing(View view) {
    return this == RETRIEVAL && !RetrievalHeads.areKnown(view.run().prefill())
        ? "Choose a policy that has the prompt repeated, such as KVzip, to see which heads find it again."
        : null;
  }

  @Override
  public String toString() {
    return title;
  }
}
