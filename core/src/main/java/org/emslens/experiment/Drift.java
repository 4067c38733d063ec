package org.emslens.experiment;

import org.emslens.cache.KvCache;
import org.emslens.engine.Engine;
import org.emslens.engine.Prefill;
import org.emslens.engine.Progress;
import org.emslens.math.Ranking;
import org.emslens.session.CacheChoice;
import org.emslens.session.Distribution;

/**
 * What a compression does to a model's predictions of a given text. All values are means over the
 * continuation's tokens, the first of which is predicted by the prompt's own prefill.
 *
 * @param nll negative log-likelihood, nats per token
 * @param fullNll the same with the full cache
 * @param kl divergence from the full cache's distribution, nats
 * @param agreement share of positions at which the most probable token is the full cache's
 */
public record Drift(
    double nll,
    double fullNll,
    double kl,
    double agreement,
    int promptTokens,
    int continuationTokens) {

  /**
   * What the full cache says of a text: measured once, compared with as often as needed.
   *
   * @param logits full-cache logits before each token of the continuation [tokens][vocab]
   */
  public record Baseline(Prefill prefill, int[] continuation, float[][] logits) {

    /**
     * Runs the prompt and teacher-forces the continuation with the full cache.
     *
     * @param continuation at least one token
     */
    public static Baseline of(Engine engine, int[] prompt, int[] continuation, Progress progress) {
      Prefill prefill = engine.prefill(prompt, null, share -> progress.at(share / 2));
      KvCache full = prefill.cache(1);
      float[][] logits = new float[continuation.length][];
      logits[0] = prefill.logits();
      for (int i = 1; i < continuation.length; i++) {
        logits[i] = engine.decode(full, continuation[i - 1], null).clone();
        progress.at(0.5 + (double) i / continuation.length / 2);
      }
      return new Baseline(prefill, continuation, logits);
    }
  }

  /**
   * Compresses after the prompt and teacher-forces the continuation token by token.
   *
   * @param once whether the cache is compressed after the prompt only, instead of again and again
   * @throws IllegalArgumentException where the budget does not fit
   */
  public static Drift measure(
      Engine engine, Baseline baseline, CacheChoice choice, boolean once, Progress progress) {
    int[] continuation = baseline.continuation();
    int budget = choice.slotsFor(baseline.prefill().tokens());
    KvCache cache = baseline.prefill().cache(choice.options().window());
    cache.compressNow(choice.policy(), choice.options(), budget);
    float[] logits = baseline.prefill().logits();
    double nll = 0;
    double fullNll = 0;
    double kl = 0;
    int agree = 0;
    for (int i = 0; i < continuation.length; i++) {
      float[] full = baseline.logits()[i];
      nll -= Distribution.logProbability(logits, continuation[i]);
      fullNll -= Distribution.logProbability(full, continuation[i]);
      kl += Distribution.divergence(full, logits);
      agree += Ranking.argMax(logits) == Ranking.argMax(full) ? 1 : 0;
      if (i + 1 < continuation.length) {
        logits = engine.decode(cache, continuation[i], null);
        if (!once) {
          cache.compressDue(choice.policy(), choice.options(), budget);
        }
      }
      progress.at((i + 1.0) / continuation.length);
    }
    int n = continuation.length;
    int prompt = baseline.prefill().tokens();
    return new Drift(nll / n, fullNll / n, kl / n, (double) agree / n, prompt, n);
  }
}
