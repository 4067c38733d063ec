package org.emslens.model;

/**
 * The feed-forward part of one layer: down(activation(gate x) * up x), or down(activation(up x))
 * where there is no gate.
 *
 * @param gate projection [width, hidden], or null
 * @param up projection [width, hidden]
 * @param down projection [hidden, width]
 */
public record FeedForwardSpec(
    Activation activation, LinearSpec gate, LinearSpec up, LinearSpec down) {

  /** Numbers between the two projections. */
  public int width() {
    return up.out();
  }

  public boolean gated() {
    return gate != null;
  }
}
