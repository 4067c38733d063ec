package org.emslens.session;

import java.util.stream.IntStream;
import org.emslens.session.Distribution.Candidate;
import org.emslens.text.Tokenizer;

/**
 * Tokens that may come next once a {@link Sampling} has had its say.
 *
 * @param order tokens, the most probable one first; those behind the candidates cannot come
 * @param p probabilities by token, of which those of the candidates make `held` together
 */
record Draw(int[] order, float[] p, int candidates, double held) {

  /** The one token that comes. */
  static Draw of(int token) {
    return new Draw(new int[] {token}, null, 1, 1);
  }

  /**
   * @param chance from 0 to 1
   */
  int token(double chance) {
    double at = chance * held;
    for (int i = 0; i < candidates - 1; i++) {
      at -= p[order[i]];
      if (at < 0) {
        return order[i];
      }
    }
    return order[candidates - 1];
  }

  /** As it is shown. */
  Distribution distribution(Tokenizer tokenizer) {
    return new Distribution(
        IntStream.range(0, Math.min(candidates, Distribution.SHOWN))
            .mapToObj(
                i ->
                    new Candidate(
                        order[i],
                        tokenizer.piece(order[i]),
                        p == null ? 1 : (float) (p[order[i]] / held)))
            .toList());
  }
}
