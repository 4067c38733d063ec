package org.emslens.model;

import java.util.List;

/** The feed-forward part of one layer. */
public sealed interface FeedForwardSpec {

  /**
   * down(activation(gate x) * up x), or down(activation(up x)) where there is no gate.
   *
   * @param gate projection [width, hidden], or null
   * @param up projection [width, hidden]
   * @param down projection [hidden, width]
   */
  record Dense(Activation activation, LinearSpec gate, LinearSpec up, LinearSpec down)
      implements FeedForwardSpec {

    /** Numbers between the two projections. */
    public int width() {
      return up.out();
    }

    public boolean gated() {
      return gate != null;
    }
  }

  /**
   * Of many such parts those that a router finds best, weighted (arXiv 2401.04088).
   *
   * @param router projection [experts, hidden]
   * @param experts of one width and activation, gated, without biases
   * @param used how many take part for a token
   * @param renormalised whether the weights of those that take part are made to sum to 1
   */
  record Experts(LinearSpec router, List<Dense> experts, int used, boolean renormalised)
      implements FeedForwardSpec {
    public Experts {
      experts = List.copyOf(experts);
      for (Dense e : experts) {
        boolean biased = e.up().bias() != null || e.down().bias() != null;
        if (!e.gated() || biased || e.gate().bias() != null) {
          throw new IllegalArgumentException("Experts are gated and have no biases.");
        }
      }
    }
  }
}
