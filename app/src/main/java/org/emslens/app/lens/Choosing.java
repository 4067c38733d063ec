package org.emslens.app.lens;

import java.util.Set;
import org.emslens.cache.PromptScore;
import org.emslens.engine.PromptScores;
import org.emslens.session.CacheChoice;
import org.emslens.session.Sampling;
import org.emslens.session.Session;

/**
 * A choice that is on its way: while the model is still asked about the prompt, another one that
 * wants to know no more takes its place, and what was asked so far is not asked again.
 */
final class Choosing {

  /** What is chosen. */
  record Wanted(CacheChoice choice, Sampling sampling, Session.Detail detail) {

    /** What it wants to know of a prompt; nothing where its budget does not fit. */
    private Set<PromptScore> asks(int promptTokens) {
      try {
        return choice.asks(promptTokens);
      } catch (IllegalArgumentException e) {
        return Set.of();
      }
    }
  }

  private final int promptTokens;
  private final Set<PromptScore> asks;
  private Wanted wanted;
  private boolean taken;

  Choosing(Wanted wanted, int promptTokens) {
    this.wanted = wanted;
    this.promptTokens = promptTokens;
    asks = wanted.asks(promptTokens);
  }

  /** Whether the model is asked for more than is known. */
  boolean asks(PromptScores known) {
    return !known.has(asks);
  }

  /** What the model is asked for. */
  synchronized Wanted wanted() {
    return wanted;
  }

  /**
   * Puts another choice in its place.
   *
   * @return whether that still can be
   */
  synchronized boolean replace(Wanted other) {
    Set<PromptScore> others = other.asks(promptTokens);
    if (taken || others.isEmpty() || !asks.containsAll(others)) {
      return false;
    }
    wanted = other;
    return true;
  }

  /** The newest one, after which none takes its place. */
  synchronized Wanted take() {
    taken = true;
    return wanted;
  }
}
