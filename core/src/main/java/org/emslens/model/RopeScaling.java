package org.emslens.model;

import java.util.Arrays;

/**
 * What models that were stretched to longer texts divide their rotary frequencies by; formulas as
 * Hugging Face's `modeling_rope_utils.py` has them.
 */
public final class RopeScaling {
  private RopeScaling() {}

  /** The same for all (arXiv 2306.15595). */
  public static RopeSpec linear(RopeSpec rope, double factor) {
    float[] divisors = new float[rope.dimensions() / 2];
    Arrays.fill(divisors, (float) factor);
    return rope.divided(divisors, 1);
  }

  /**
   * Llama 3.1's: those of long waves by the factor, those of short ones not at all.
   *
   * @param low waves longer than context / low are long
   * @param high waves shorter than context / high are short
   */
  public static RopeSpec llama3(
      RopeSpec rope, double factor, double low, double high, double context) {
    float[] divisors = new float[rope.dimensions() / 2];
    for (int i = 0; i < divisors.length; i++) {
      double wavelength = 2 * Math.PI * Math.pow(rope.theta(), 2.0 * i / rope.dimensions());
      double smooth = Math.clamp((context / wavelength - low) / (high - low), 0, 1);
      divisors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
    }
    return rope.divided(divisors, 1);
  }

  /**
   * YaRN (arXiv 2309.00071): frequencies that turn fewer than `slow` times over the context by the
   * factor, those that turn more than `fast` times not at all, between them along a ramp.
   *
   * @param magnitude see {@link #yarnMagnitude}
   */
  public static RopeSpec yarn(
      RopeSpec rope,
      double factor,
      double context,
      double fast,
      double slow,
      boolean truncated,
      double magnitude) {
    double from = pairThatTurns(rope, fast, context);
    double to = pairThatTurns(rope, slow, context);
    if (truncated) {
      from = Math.floor(from);
      to = Math.ceil(to);
    }
    from = Math.max(from, 0);
    to = Math.min(to, rope.dimensions() - 1);
    double width = to == from ? 0.001 : to - from;
    float[] divisors = new float[rope.dimensions() / 2];
    for (int i = 0; i < divisors.length; i++) {
      double ramp = Math.clamp((i - from) / width, 0, 1);
      divisors[i] = (float) (1 / (ramp / factor + 1 - ramp));
    }
    return rope.divided(divisors, (float) magnitude);
  }

  /** 0.1 ln(factor) + 1, which makes up for how much flatter attention is over a longer text. */
  public static double yarnMagnitude(double factor) {
    return factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
  }

  /** The same for models with factors of their own: sqrt(1 + ln(factor) / ln(context)). */
  public static double longMagnitude(double factor, double context) {
    return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(context));
  }

  /** Which pair turns so many times over a context; not whole. */
  private static double pairThatTurns(RopeSpec rope, double times, double context) {
    return rope.dimensions()
        * Math.log(context / (times * 2 * Math.PI))
        / (2 * Math.log(rope.theta()));
  }
}
