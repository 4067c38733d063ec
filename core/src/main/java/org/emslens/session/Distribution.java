package org.emslens.session;

import java.util.ArrayList;
import java.util.List;
import org.emslens.math.Exponential;
import org.emslens.math.Ranking;
import org.emslens.text.Tokenizer;

/**
 * A next-token distribution, as far as it is shown.
 *
 * @param top the ten most probable tokens, or fewer where no others can come
 */
public record Distribution(List<Candidate> top) {
  static final int SHOWN = 10;
  private static final float ROUNDING = 0.02f;

  /** A token that may come next. */
  public record Candidate(int id, String text, float probability) {}

  public Distribution {
    top = List.copyOf(top);
  }

  /**
   * @param logits [vocab]
   */
  static Distribution of(float[] logits, Tokenizer tokenizer) {
    float[] p = logits.clone();
    new Exponential().softmax(p, p.length, 1, null);
    int shown = Math.min(SHOWN, p.length);
    float least = Ranking.kthLargest(p, p.length, shown);
    List<Candidate> top = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      if (p[i] >= least) {
        top.add(new Candidate(i, tokenizer.piece(i), p[i]));
      }
    }
    top.sort((a, b) -> Float.compare(b.probability(), a.probability()));
    return new Distribution(top.subList(0, shown));
  }

  /**
   * Whether the most probable token differs clearly from another distribution's, as it does under
   * other weights but not after rounding.
   */
  boolean farFrom(Distribution other) {
    Candidate mine = top.getFirst();
    return other.top.stream()
        .filter(c -> c.id() == mine.id())
        .noneMatch(c -> Math.abs(c.probability() - mine.probability()) < ROUNDING);
  }
}
