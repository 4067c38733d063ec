package org.emslens.app.heads;

import org.emslens.app.lens.View;
import org.emslens.cache.HeadPlan;

/** What a head's tile shows. */
public enum Encoding {
  ATTENTION("attention"),
  SPARSITY("sparsity"),
  REDUNDANCY("redundancy"),
  KEPT("attention kept"),
  MERGED("attention merged"),
  EVICTED("attention evicted"),
  OUTPUT_ERROR("output error");

  private final String title;

  Encoding(String title) {
    this.title = title;
  }

  /**
   * A number of one query head, drawn from 0 to 1: of its KV head after the latest compression, or,
   * for the output error, of the head itself at the shown step. NaN where there is none.
   */
  double value(View view, int layer, int head) {
    int heads = view.run().config().heads();
    if (this == OUTPUT_ERROR) {
      float[] error = view.step().outputError();
      return error.length == 0 ? Double.NaN : error[layer * heads + head];
    }
    if (view.lastCompression() == null) {
      return Double.NaN;
    }
    int kvHead = layer * view.run().config().kvHeads() + head / view.run().config().group();
    HeadPlan.Readout r = view.lastCompression().plan().heads().get(kvHead).readout();
    return switch (this) {
      case ATTENTION, OUTPUT_ERROR -> Double.NaN;
      case SPARSITY -> r.sparsity();
      case REDUNDANCY -> r.redundancy();
      case KEPT -> r.keptMass();
      case MERGED -> r.mergedMass();
      case EVICTED -> r.evictedMass();
    };
  }

  @Override
  public String toString() {
    return title;
  }
}
