package org.emslens.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankingTest {

  /** As sorting has it, with few different values, many, rising and falling ones. */
  @Test
  void kthLargestIsThatOfTheSorted() {
    Random random = new Random(3);
    for (int n = 1; n < 60; n++) {
      for (int different : new int[] {1, 2, 5, 1000}) {
        float[] x = new float[n + 2];
        for (int i = 0; i < x.length; i++) {
          x[i] = random.nextInt(different) / 7f;
        }
        check(x, n);
        Arrays.sort(x);
        check(x, n);
        for (int i = 0; i < x.length; i++) {
          x[i] = 0 - x[i];
        }
        check(x, n);
      }
    }
  }

  /** The k largest, of equals the first, in ascending order of index; k of them even among NaN. */
  @Test
  void bestAreThoseThatSortingPutsFirst() {
    Random random = new Random(4);
    for (int n = 1; n < 40; n++) {
      float[] x = new float[n + 1];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextInt(6) - 3;
      }
      int[] order = Ranking.descending(x, n);
      for (int i = 1; i < n; i++) {
        float before = x[order[i - 1]];
        assertTrue(before > x[order[i]] || before == x[order[i]] && order[i - 1] < order[i]);
      }
      for (int k = 0; k <= n; k++) {
        int[] expected = Arrays.copyOf(order, k);
        Arrays.sort(expected);
        assertArrayEquals(expected, Ranking.best(x, n, k));
      }
      x[n / 2] = Float.NaN;
      for (int k = 0; k <= n; k++) {
        assertEquals(k, Arrays.stream(Ranking.best(x, n, k)).distinct().count());
      }
    }
  }

  private static void check(float[] x, int n) {
    float[] before = x.clone();
    float[] sorted = Arrays.copyOf(x, n);
    Arrays.sort(sorted);
    for (int k = 1; k <= n; k++) {
      assertEquals(sorted[n - k], Ranking.kthLargest(x, n, k));
    }
    assertEquals(Arrays.toString(before), Arrays.toString(x), "left as it was");
  }
}
