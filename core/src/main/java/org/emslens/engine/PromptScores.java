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
  }

  /** Takes over what is known of the same prompt. */
  public void putAll(PromptScores others) {
    for (PromptScore what : others.known()) {
      put(what, others.get(what));
    }
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

  private Map<PromptScore, float[]> of(int head) {
    Map<PromptScore, float[]> one = new EnumMap<>(PromptScore.class);
    known.forEach((what, all) -> one.put(what, all[head]));
    return one;
  }
}
