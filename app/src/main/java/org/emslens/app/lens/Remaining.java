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

  private double whole = Double.NaN;
  private double at;

  /**
   * @param passed seconds since it began
   * @param share that is done, up to 1
   */
  void tell(double passed, double share) {
    if (share < LEAST) {
      return;
    }
    double now = passed / share;
    double weight = 1 - Math.exp(-(passed - at) / MEMORY);
    whole = Double.isNaN(whole) ? now : whole + weight * (now - whole);
    at = passed;
  }

  /** Seconds; NaN where it is too early to tell. */
  double seconds(double passed) {
    return Double.isNaN(whole) || passed < 1 ? Double.NaN : Math.max(0, whole - passed);
  }
}
