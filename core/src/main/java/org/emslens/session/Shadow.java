package org.emslens.session;

import java.util.ArrayList;
import java.util.List;
import org.emslens.device.DecodeTap;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Prompt;

/**
 * The full cache beside a session, asked for what it would have said. Sessions on one prompt share
 * it as long as they say the same: the token that several of them feed at a step runs once. Whoever
 * says something else goes on with a copy.
 */
final class Shadow {
  private final int heads;
  private final int promptTokens;
  private final Cache cache;
  private final List<Integer> said;
  private final boolean shared;
  private DecodeTap tap;
  private float[] logits;

  /** The token that it is to be fed next, if one is waiting. */
  private Integer waiting;

  private Shadow(int heads, int promptTokens, Cache cache, List<Integer> said, boolean shared) {
    this.heads = heads;
    this.promptTokens = promptTokens;
    this.cache = cache;
    this.said = said;
    this.shared = shared;
  }

  /**
   * One that stands at the end of a prompt.
   *
   * @param shared whether several sessions will ask it
   */
  static Shadow of(Prompt prefill, boolean shared) {
    return new Shadow(
        prefill.config().allHeads(), prefill.tokens(), prefill.cache(1), new ArrayList<>(), shared);
  }

  /** This at an earlier place; another one where other sessions may stand where this is. */
  Shadow backAt(int step) {
    if (step == said.size()) {
      return this;
    }
    if (!shared) {
      cache.truncate(promptTokens + step);
      said.subList(step, said.size()).clear();
      return this;
    }
    Cache copy = cache.copy();
    copy.truncate(promptTokens + step);
    return new Shadow(heads, promptTokens, copy, new ArrayList<>(said.subList(0, step)), false);
  }

  /**
   * The shadow to go on with after a token, which is this one unless another session has gone on
   * otherwise from here. It waits to be fed, where it has not been already.
   *
   * @param step number of the token among those that were generated, from 1
   */
  Shadow toward(int step, int token) {
    if (shared && said.size() == step && said.get(step - 1) == token) {
      return this;
    }
    Shadow mine = backAt(step - 1);
    mine.said.add(token);
    mine.waiting = token;
    mine.tap = DecodeTap.ofOutputs(heads);
    return mine;
  }

  /** What it waits to be fed, or null. */
  ForwardPass.Feed feed() {
    return waiting == null ? null : new ForwardPass.Feed(cache, waiting, tap);
  }

  /** Takes what came of its feed. */
  void fed(float[] answer) {
    waiting = null;
    logits = answer;
  }

  /** What it said after the newest token [vocab]. */
  float[] logits() {
    return logits;
  }

  /** What every head put out then. */
  DecodeTap tap() {
    return tap;
  }
}
