package org.emslens.session;

import org.emslens.math.Exponential;

/**
 * Logits as the logarithms of probabilities: log p = logit - normaliser. Made once for each
 * distribution that is compared.
 *
 * @param logits [vocab]; not copied
 * @param normaliser logarithm of the sum of their exponentials
 */
public record LogProbabilities(float[] logits, double normaliser) {
  private static final ThreadLocal<Exponential> EXPONENTIAL =
      ThreadLocal.withInitial(Exponential::new);

  public static LogProbabilities of(float[] logits) {
    float max = Exponential.max(logits, 0, logits.length);
    double sum = 0;
    for (float x : exponentials(logits, max)) {
      sum += x;
    }
    return new LogProbabilities(logits, max + Math.log(sum));
  }

  /** e to the logits less what keeps them from overflowing. */
  private static float[] exponentials(float[] logits, float less) {
    float[] e = new float[logits.length];
    for (int i = 0; i < e.length; i++) {
      e[i] = logits[i] - less;
    }
    EXPONENTIAL.get().exp(e, e.length);
    return e;
  }

  /** Log-probability of a token, in nats. */
  public double of(int token) {
    return logits[token] - normaliser;
  }

  /** Kullback-Leibler divergence from the full cache's distribution, in nats. */
  public double divergenceFrom(LogProbabilities full) {
    float[] p = exponentials(full.logits, (float) full.normaliser);
    double between = normaliser - full.normaliser;
    double sum = 0;
    double held = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] * ((double) full.logits[i] - logits[i]);
      held += p[i];
    }
    return Math.max(0, sum / held + between);
  }
}
