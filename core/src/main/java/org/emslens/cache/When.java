package org.emslens.cache;

/** When a cache is compressed: the last of the parts that a policy is put together from. */
enum When {
  /** After the prompt; what is generated stays. */
  AFTER_PROMPT,

  /** After the prompt, and again whenever a head has grown by the slack. */
  WHEN_GROWN,

  /** At every step: one slot comes, one goes. */
  EACH_STEP;

  /**
   * Slots that a head may grow beyond its budget before it is compressed again.
   *
   * @param wanted what the options say
   */
  int slack(int wanted) {
    return switch (this) {
      case AFTER_PROMPT -> CachePolicy.NEVER;
      case WHEN_GROWN -> wanted;
      case EACH_STEP -> 1;
    };
  }
}
