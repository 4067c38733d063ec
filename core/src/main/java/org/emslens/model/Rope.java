package org.emslens.model;

/**
 * How positions get into queries and keys. Some models turn them otherwise where a text is long; a
 * text's length is then that of its prompt, since keys are kept as they were turned.
 */
public sealed interface Rope permits RopeSpec, Rope.Stretched, Rope.Dynamic {

  /** The rotation for a prompt of so many tokens. */
  RopeSpec at(int length);

  /**
   * Other frequencies beyond the context that a model was first trained with (arXiv 2402.13753).
   *
   * @param within up to `context` tokens
   * @param beyond for longer texts
   */
  record Stretched(RopeSpec within, RopeSpec beyond, int context) implements Rope {
    @Override
    public RopeSpec at(int length) {
      return length > context ? beyond : within;
    }
  }

  /**
   * A base that grows with what a text has beyond a context of c tokens: theta (f n / c - (f -
   * 1))^(d / (d - 2)) for n > c tokens, d dimensions and factor f (arXiv 2306.15595, after
   * "dynamically scaled RoPE").
   */
  record Dynamic(RopeSpec within, double factor, int context) implements Rope {
    @Override
    public RopeSpec at(int length) {
      if (length <= context) {
        return within;
      }
      double d = within.dimensions();
      double grown = factor * length / context - (factor - 1);
      double theta = within.theta() * Math.pow(grown, d / (d - 2));
      return new RopeSpec(within.pairs(), within.dimensions(), (float) theta);
    }
  }
}
