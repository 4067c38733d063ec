package org.emslens.app.heads;

import org.emslens.app.main.View;
import org.emslens.cache.HeadPlan;

/** What a head's tile shows. */
public enum Encoding {
  ATTENTION("attention"),
  SPARSITY("sparsity"),
  REDUNDANCY("redundancy"),
  KEPT("attention kept"),
  MERGED("attention merged");

  private final String title;

  Encoding(String title) {
    this.title = title;
  }

  /** A number from 0 to 1 of one KV head after the latest compression, or NaN. */
  double value(View view, int kvHead) {
    if (view.lastCompression() == null) {
      return Double.NaN;
    }
    HeadPlan.Readout r = view.lastCompression().plan().heads().get(kvHead).readout();
    return switch (this) {
      case ATTENTION -> Double.NaN;
      case SPARSITY -> r.sparsity();
      case REDUNDANCY -> r.redundancy();
      case KEPT -> r.keptMass();
      case MERGED -> r.mergedMass();
    };
  }

  @Override
  public String toString() {
    return title;
  }
}
