package org.emslens.app.lens;

/**
 * How long something still takes, from what has passed. Parts of one job go at different speeds, so
 * that each new estimate counts for a little only.
 */
final class Remaining {
  /** Of the whole, below which nobody can tell. */
  private static final double LEAST = 0.1;

  /** Seconds over which an older estimate loses most of its weight. */
  private static final double MEMORY = 8;

  /** How much longer what is left may take than what is done did, for its share. */
  private static final double MOST_OF_PACE = 3;

  private double whole = Double.NaN;
  private double at;
  private double share;

  /**
   * @param passed seconds since it began
   * @param share that is done, up to 1
   */
  void tell(double passed, double share) {
    if (share < LEAST) {
      return;
    }
    this.share = share;
    double now = passed / share;
    double weight = 1 - Math.exp(-(passed - at) / MEMORY);
    whole = Double.isNaN(whole) ? now : whole + weight * (now - whole);
    at = passed;
  }

  /** Seconds; NaN where it is too early to tell, or it has taken longer than was thought. */
  double seconds(double passed) {
    if (Double.isNaN(whole) || passed < 1 || passed >= whole) {
      return Double.NaN;
    }
    // Where little is left, an older and slower part does not count any more.
    return Math.min(whole - passed, MOST_OF_PACE * passed * (1 - share) / share);
  }
}
