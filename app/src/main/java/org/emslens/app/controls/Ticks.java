package org.emslens.app.controls;

import java.util.ArrayList;
import java.util.List;

/** Round numbers along an axis. */
public final class Ticks {
  private Ticks() {}

  /**
   * Multiples of 1, 2 or 5 times a power of ten.
   *
   * @param most how many at most
   */
  public static List<Integer> of(int from, int count, double most) {
    int step = 1;
    int[] factors = {1, 2, 5};
    for (int power = 1, i = 0; count / (double) step > Math.max(1, most); ) {
      i++;
      if (i % 3 == 0) {
        power *= 10;
      }
      step = power * factors[i % 3];
    }
    List<Integer> ticks = new ArrayList<>();
    for (int t = (from + step - 1) / step * step; t < from + count; t += step) {
      ticks.add(t);
    }
    return ticks;
  }
}
