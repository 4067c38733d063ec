package org.emslens.model;

import java.util.Arrays;

/**
 * Rotary positions (arXiv 2104.09864): pairs of numbers of a head are turned by position *
 * theta^(-2 i / dimensions) / divisor_i.
 *
 * @param pairs which numbers are turned together
 * @param dimensions how many of a head's numbers are turned, from the first on; even
 * @param theta base of the frequencies
 * @param divisors what each of the dimensions / 2 frequencies is divided by, or empty
 * @param magnitude what turned numbers are multiplied by (arXiv 2309.00071, section 3.4)
 */
public record RopeSpec(Pairs pairs, int dimensions, float theta, float[] divisors, float magnitude)
    implements Rope {

  /** Number i with i + dimensions / 2, as Hugging Face lays heads out, or 2 i with 2 i + 1. */
  public enum Pairs {
    HALVES,
    NEIGHBOURS
  }

  /** Frequencies as theta gives them. */
  public RopeSpec(Pairs pairs, int dimensions, float theta) {
    this(pairs, dimensions, theta, new float[0], 1);
  }

  /** The same, its frequencies divided. */
  public RopeSpec divided(float[] by, float times) {
    return new RopeSpec(pairs, dimensions, theta, by, times);
  }

  @Override
  public RopeSpec at(int length) {
    return this;
  }

  /** The frequency of each pair, in radians per position [dimensions / 2]. */
  public float[] frequencies() {
    float[] frequencies = new float[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = 2f * i / dimensions;
      float frequency = 1f / (float) Math.pow(theta, exponent);
      frequencies[i] = divisors.length == 0 ? frequency : frequency / divisors[i];
    }
    return frequencies;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RopeSpec r
        && pairs == r.pairs
        && dimensions == r.dimensions
        && theta == r.theta
        && magnitude == r.magnitude
        && Arrays.equals(divisors, r.divisors);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(divisors) + Float.hashCode(theta) + dimensions;
  }
}
