package org.emslens.engine.scores;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.emslens.device.PromptLayer;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.math.RowProducts;
import org.emslens.model.AttentionSpec;
import org.emslens.model.ModelSpec;
import org.emslens.model.RopeSpec;

/**
 * The attention that queries to come are expected to pay, if they are spread as those of the prompt
 * are: with mean mu and covariance Sigma of the queries before their rotation, turned to the mean
 * of the next 512 positions, and s = softmax over keys of (scale mu k_j + scale^2 k_j' Sigma k_j /
 * 2), averaged over the group, a token's score is (s_j + 0.01) |v_j|. The first four tokens'
 * queries and keys, where attention sinks, are left out. Source: arXiv 2510.00636.
 */
final class ExpectedAttention {
  private static final int SINKS = 4;
  private static final int FUTURE = 512;
  private static final float EPSILON = 0.01f;

  private final ModelSpec spec;
  private final Prompt prompt;
  private final int n;

  ExpectedAttention(ModelSpec spec, Prompt prompt) {
    this.spec = spec;
    this.prompt = prompt;
    n = prompt.tokens();
  }

  /** Per KV head of all layers [layers * G][N]; 0 for what is left out. */
  float[][] run(Progress progress) {
    int kvHeads = prompt.config().kvHeads();
    int layers = prompt.config().layers();
    float[][] scores = new float[layers * kvHeads][n];
    for (int l = 0; l < layers && n > SINKS; l++) {
      progress.at((double) l / layers);
      PromptLayer kept = prompt.memory().layer(l);
      AttentionSpec attention = spec.layers().get(l).attention();
      int first = l * kvHeads;
      IntStream.range(0, kvHeads)
          .parallel()
          .forEach(g -> scores[first + g] = head(attention, kept, g));
    }
    return scores;
  }

  private float[] head(AttentionSpec attention, PromptLayer kept, int g) {
    AttentionSpec.Shape shape = attention.shape();
    int d = shape.headDim();
    float[] score = new float[n];
    for (int h = g * shape.group(); h < (g + 1) * shape.group(); h++) {
      float[] expected = expected(attention, kept.queries(), h, kept.keys()[g]);
      RowProducts.addScaled(score, expected, 1f / shape.group(), n);
    }
    for (int j = SINKS; j < n; j++) {
      score[j] = (score[j] + EPSILON) * RowProducts.norm(kept.values()[g], j * d, d);
    }
    return score;
  }

  /** s of one query head [N]. */
  private float[] expected(AttentionSpec attention, float[] queries, int h, float[] keys) {
    int d = attention.shape().headDim();
    double scale = attention.shape().scale();
    int m = n - SINKS;
    double[][] q = new double[m][d];
    Turn turn = attention.rope() == null ? null : new Turn(attention.rope().at(n), n);
    double[] mean = new double[d];
    for (int t = 0; t < m; t++) {
      for (int i = 0; i < d; i++) {
        q[t][i] = queries[(h * n + SINKS + t) * d + i];
      }
      if (turn != null) {
        turn.back(q[t], SINKS + t);
      }
      for (int i = 0; i < d; i++) {
        mean[i] += q[t][i] / m;
      }
    }
    double[][] covariance = covariance(q, mean);
    if (turn != null) {
      turn.ahead(mean);
      turn.ahead(covariance);
    }
    double[] s = new double[n];
    double most = Double.NEGATIVE_INFINITY;
    double[] key = new double[d];
    double[] turned = new double[d];
    for (int j = SINKS; j < n; j++) {
      for (int i = 0; i < d; i++) {
        key[i] = keys[j * d + i];
      }
      Arrays.fill(turned, 0);
      for (int a = 0; a < d; a++) {
        addScaled(turned, covariance[a], key[a], 0);
      }
      double product = 0;
      double spread = 0;
      for (int i = 0; i < d; i++) {
        product += mean[i] * key[i];
        spread += key[i] * turned[i];
      }
      s[j] = scale * product + scale * scale * spread / 2;
      most = Math.max(most, s[j]);
    }
    return softmax(s, most);
  }

  /** sum[i] += factor * x[i] from `first` on; a loop without a running sum, so that it is fast. */
  private static void addScaled(double[] sum, double[] x, double factor, int first) {
    for (int i = first; i < x.length; i++) {
      sum[i] += factor * x[i];
    }
  }

  private float[] softmax(double[] s, double most) {
    double all = 0;
    for (int j = SINKS; j < n; j++) {
      s[j] = Math.exp(s[j] - most);
      all += s[j];
    }
    float[] p = new float[n];
    for (int j = SINKS; j < n; j++) {
      p[j] = (float) (s[j] / all);
    }
    return p;
  }

  private static double[][] covariance(double[][] q, double[] mean) {
    int d = mean.length;
    double[][] covariance = new double[d][d];
    double[] apart = new double[d];
    for (double[] row : q) {
      for (int i = 0; i < d; i++) {
        apart[i] = row[i] - mean[i];
      }
      for (int a = 0; a < d; a++) {
        addScaled(covariance[a], apart, apart[a], a);
      }
    }
    for (int a = 0; a < d; a++) {
      for (int b = a; b < d; b++) {
        covariance[a][b] /= q.length;
        covariance[b][a] = covariance[a][b];
      }
    }
    return covariance;
  }

  /** Queries turned back from where they stand, and to where those to come stand on average. */
  private static final class Turn {
    private final RopeSpec rope;
    private final float[] frequencies;
    private final double[] cos;
    private final double[] sin;

    Turn(RopeSpec rope, int n) {
      this.rope = rope;
      frequencies = rope.frequencies();
      cos = new double[frequencies.length];
      sin = new double[frequencies.length];
      for (int i = 0; i < cos.length; i++) {
        for (int t = n; t < n + FUTURE; t++) {
          float angle = t * frequencies[i];
          cos[i] += rope.magnitude() * Math.cos(angle) / FUTURE;
          sin[i] += rope.magnitude() * Math.sin(angle) / FUTURE;
        }
      }
    }

    void back(double[] x, int position) {
      // What was turned and lengthened is turned back and shortened.
      double by = 1.0 / rope.magnitude();
      for (int i = 0; i < frequencies.length; i++) {
        float angle = position * frequencies[i];
        pair(x, i, by * Math.cos(angle), -by * Math.sin(angle));
      }
    }

    void ahead(double[] x) {
      for (int i = 0; i < cos.length; i++) {
        pair(x, i, cos[i], sin[i]);
      }
    }

    /** R Sigma R', R being the mean rotation. */
    void ahead(double[][] sigma) {
      for (double[] row : sigma) {
        ahead(row);
      }
      double[] column = new double[sigma.length];
      for (int b = 0; b < sigma.length; b++) {
        for (int a = 0; a < sigma.length; a++) {
          column[a] = sigma[a][b];
        }
        ahead(column);
        for (int a = 0; a < sigma.length; a++) {
          sigma[a][b] = column[a];
        }
      }
    }

    private void pair(double[] x, int i, double c, double s) {
      boolean halves = rope.pairs() == RopeSpec.Pairs.HALVES;
      int first = halves ? i : 2 * i;
      int second = halves ? i + cos.length : 2 * i + 1;
      double a = x[first];
      double b = x[second];
      x[first] = a * c - b * s;
      x[second] = b * c + a * s;
    }
  }
}
