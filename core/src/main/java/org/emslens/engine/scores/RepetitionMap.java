package org.emslens.engine.scores;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.emslens.device.PromptMemory;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.model.Model;

/**
 * What heads look at while the model repeats a prompt: a map like the prompt's own, but its queries
 * are the prompt's tokens as they are read again, behind the whole prompt. The largest value of a
 * column, over a group's heads, is that token's score as KVzip has it ({@link
 * org.emslens.cache.PromptScore#REPEAT}, which also counts the few tokens of the instruction).
 */
public final class RepetitionMap {
  private final Prompt prompt;
  private final List<Reading> readings;

  private record Reading(RepeatedChunk chunk, PromptMemory memory) {}

  private RepetitionMap(Prompt prompt, List<Reading> readings) {
    this.prompt = prompt;
    this.readings = readings;
  }

  /**
   * Reads the prompt once more, which takes about as long as the first time.
   *
   * @param progress throws to stop
   * @throws IllegalArgumentException in one sentence, where the context has no room for that
   */
  public static RepetitionMap of(Model model, ForwardPass pass, Prompt prompt, Progress progress) {
    List<Reading> readings = new ArrayList<>();
    int n = prompt.tokens();
    try {
      for (RepeatedChunk c : RepeatedChunk.of(model, prompt)) {
        PromptMemory memory = prompt.memory().continued(c.ids().length);
        readings.add(new Reading(c, memory));
        pass.follow(
            prompt,
            memory,
            c.ids(),
            new float[prompt.config().layers()][c.ids().length],
            share -> progress.at((c.from() + share * (c.to() - c.from())) / n));
      }
    } catch (RuntimeException | Error e) {
      readings.forEach(r -> r.memory.close());
      throw e;
    }
    return new RepetitionMap(prompt, readings);
  }

  /** Whether it is a repetition of this very prompt. */
  public boolean isOf(Prompt other) {
    return prompt.memory() == other.memory();
  }

  /** Where a token stands when it is read again; -1 for one that is not repeated. */
  public int position(int token) {
    for (Reading r : readings) {
      if (token >= r.chunk.from() && token < r.chunk.to()) {
        return row(r, token);
      }
    }
    return -1;
  }

  private int row(Reading r, int token) {
    return prompt.tokens() + r.chunk.introduction() + token - r.chunk.from();
  }

  /**
   * A part of one query head's map of probabilities, max-pooled.
   *
   * @param rowBounds picture row r shows the queries that repeat the prompt's tokens rowBounds[r]
   *     to rowBounds[r + 1] - 1; 0 where none of them is repeated
   * @param columnBounds likewise for keys
   * @param cancelled asked now and then; where true, the result is incomplete
   * @return [rowBounds.length - 1, columnBounds.length - 1]
   */
  public float[] map(
      int layer, int head, int[] rowBounds, int[] columnBounds, BooleanSupplier cancelled) {
    int columns = columnBounds.length - 1;
    float[] all = new float[(rowBounds.length - 1) * columns];
    for (Reading r : readings) {
      int first = 0;
      while (first < rowBounds.length - 1 && rowBounds[first + 1] <= r.chunk.from()) {
        first++;
      }
      int last = first;
      while (last < rowBounds.length - 1 && rowBounds[last] < r.chunk.to()) {
        last++;
      }
      if (first == last) {
        continue;
      }
      int[] rows = new int[last - first + 1];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = row(r, Math.clamp(rowBounds[first + i], r.chunk.from(), r.chunk.to()));
      }
      float[] part = r.memory.map(layer, head, rows, columnBounds, cancelled);
      for (int i = 0; i < part.length; i++) {
        all[first * columns + i] = Math.max(all[first * columns + i], part[i]);
      }
    }
    return all;
  }
}
