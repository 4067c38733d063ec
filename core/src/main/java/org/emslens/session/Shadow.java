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
  private final ForwardPass pass;
  private final int heads;
  private final int promptTokens;
  private final Cache cache;
  private final List<Integer> said;
  private final boolean shared;
  private Answer last;

  /** What the full cache said after a token: logits [vocab], and what every head put out. */
  record Answer(float[] logits, DecodeTap tap) {}

  private Shadow(
      ForwardPass pass,
      int heads,
      int promptTokens,
      Cache cache,
      List<Integer> said,
      boolean shared) {
    this.pass = pass;
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
  static Shadow of(ForwardPass pass, Prompt prefill, boolean shared) {
    return new Shadow(
        pass,
        prefill.config().allHeads(),
        prefill.tokens(),
        prefill.cache(1),
        new ArrayList<>(),
        shared);
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
    return new Shadow(
        pass, heads, promptTokens, copy, new ArrayList<>(said.subList(0, step)), false);
  }

  /**
   * The shadow to go on with after a token, which is this one unless another session has gone on
   * otherwise from here.
   *
   * @param step number of the token among those that were generated, from 1
   */
  Shadow after(int step, int token) {
    if (shared && said.size() == step && said.get(step - 1) == token) {
      return this;
    }
    Shadow mine = backAt(step - 1);
    mine.last = mine.decode(token);
    mine.said.add(token);
    return mine;
  }

  private Answer decode(int token) {
    DecodeTap tap = DecodeTap.ofOutputs(heads);
    return new Answer(pass.step(cache, token, tap).clone(), tap);
  }

  /** What it said after the newest token. */
  Answer answer() {
    return last;
  }
}
