package org.emslens.cache;

import java.util.function.Supplier;

/** What becomes of slots that are not kept: the third of the parts of a policy. */
interface Losing {

  /**
   * Plans one head.
   *
   * @param places candidates that it keeps
   * @return the plan, once the device has answered what was asked of it
   */
  Supplier<HeadPlan> plan(Candidates head, Ranked by, int places);

  /** As the options say. */
  static Losing of(CacheOptions o) {
    return switch (o.merge()) {
      case NONE -> new Evict(o.mass());
      case BLEND -> new BlendMerge(o.mass());
      case EMS -> new EmsMerge(o);
    };
  }
}
