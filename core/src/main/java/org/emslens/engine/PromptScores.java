package org.emslens.engine;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.emslens.cache.LayerState;
import org.emslens.cache.PromptScore;

/** What was asked of a prompt so far; kept with it, whichever policies come and go. */
public final class PromptScores {

  /** Per KV head of all layers [layers * G][N]. */
  private final Map<PromptScore, float[][]> known = new EnumMap<>(PromptScore.class);

  /** Means over the tokens, per KV head of all layers. */
  private final Map<PromptScore, double[]> means = new EnumMap<>(PromptScore.class);

  private RepetitionMap repetition;

  /** Whether all of these are known. */
  public synchronized boolean has(Set<PromptScore> asked) {
    return known.keySet().containsAll(asked);
  }

  /** What is known so far. */
  public synchronized Set<PromptScore> known() {
    return Set.copyOf(known.keySet());
  }

  /**
   * An answer, or null where it was not asked for; not to be written.
   *
   * @return [layers * G][N]
   */
  public synchronized float[][] get(PromptScore what) {
    return known.get(what);
  }

  /**
   * @param scores per KV head of all layers [layers * G][N]; kept
   */
  public synchronized void put(PromptScore what, float[][] scores) {
    known.put(what, scores);
    means.remove(what);
  }

  /** An answer's mean over the prompt's tokens, of one KV head; NaN where it was not asked for. */
  public synchronized double mean(PromptScore what, int head) {
    float[][] scores = known.get(what);
    return scores == null
        ? Double.NaN
        : means
            .computeIfAbsent(
                what, w -> Arrays.stream(scores).mapToDouble(PromptScores::mean).toArray())[head];
  }

  private static double mean(float[] scores) {
    double sum = 0;
    for (float score : scores) {
      sum += score;
    }
    return sum / scores.length;
  }

  /** Takes over what is known of the same prompt. */
  public void putAll(PromptScores others) {
    for (PromptScore what : others.known()) {
      put(what, others.get(what));
    }
    keep(others.repetition());
  }

  /** What heads look at while the prompt is repeated; null where nobody has asked for that. */
  public synchronized RepetitionMap repetition() {
    return repetition;
  }

  /**
   * @param map of the prompt; closed with it
   */
  public synchronized void keep(RepetitionMap map) {
    repetition = map;
  }

  /** A layer's slots, which are the prompt's tokens, with what is known of them. */
  synchronized LayerState with(LayerState layer) {
    if (known.isEmpty()) {
      return layer;
    }
    int first = layer.layer() * layer.heads().size();
    return new LayerState(
        layer.layer(),
        layer.layers(),
        IntStream.range(0, layer.heads().size())
            .mapToObj(g -> layer.heads().get(g).with(of(first + g)))
            .toList(),
        Arrays.copyOf(layer.skipped(), layer.skipped().length));
  }

  synchronized void close() {
    if (repetition != null) {
      repetition.close();
    }
  }

  private Map<PromptScore, float[]> of(int head) {
    Map<PromptScore, float[]> one = new EnumMap<>(PromptScore.class);
    known.forEach((what, all) -> one.put(what, all[head]));
    return one;
  }
}
