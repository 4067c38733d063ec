package org.emslens.cache;

/** A score spread over its neighbours: what stands beside a found word is needed too. */
final class Pooling {
  private Pooling() {}

  /**
   * Pools the first c numbers of x.
   *
   * @param position true position of each slot, ascending [at least c]
   * @param kernel width in tokens; odd
   * @return [c]
   */
  static float[] of(CacheOptions.Pool pool, float[] x, int[] position, int c, int kernel) {
    return switch (pool) {
      case MAX -> largest(x, position, c, kernel);
      case AVG -> mean(x, c, kernel);
    };
  }

  /**
   * Mean over neighbouring slots, zeros beyond the edges, the divisor the same throughout. Source:
   * arXiv 2404.14469.
   */
  private static float[] mean(float[] x, int c, int kernel) {
    int reach = kernel / 2;
    float[] mean = new float[c];
    for (int j = 0; j < c; j++) {
      float sum = 0;
      for (int i = Math.max(0, j - reach); i <= Math.min(c - 1, j + reach); i++) {
        sum += x[i];
      }
      mean[j] = sum / kernel;
    }
    return mean;
  }

  /** Largest among the candidates whose true positions are within kernel / 2. */
  private static float[] largest(float[] x, int[] position, int c, int kernel) {
    int reach = kernel / 2;
    float[][] largest = largest(x, c, 2 * reach + 1);
    float[] near = new float[c];
    int first = 0;
    int end = 0;
    for (int j = 0; j < c; j++) {
      while (end < c && position[end] - position[j] <= reach) {
        end++;
      }
      while (position[j] - position[first] > reach) {
        first++;
      }
      int power = 31 - Integer.numberOfLeadingZeros(end - first);
      near[j] = Math.max(largest[power][first], largest[power][end - (1 << power)]);
    }
    return near;
  }

  /**
   * Largest of 1, 2, 4, ... neighbours from each on, up to so many: any stretch is two of them, and
   * no branch depends on the numbers.
   */
  private static float[][] largest(float[] x, int c, int most) {
    float[][] largest = new float[32 - Integer.numberOfLeadingZeros(most)][];
    largest[0] = x;
    for (int power = 1; power < largest.length; power++) {
      float[] half = largest[power - 1];
      int size = 1 << power;
      float[] whole = new float[Math.max(0, c - size + 1)];
      for (int j = 0; j < whole.length; j++) {
        whole[j] = Math.max(half[j], half[j + size / 2]);
      }
      largest[power] = whole;
    }
    return largest;
  }
}
