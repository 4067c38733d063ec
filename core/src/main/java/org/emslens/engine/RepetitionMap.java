package org.emslens.engine;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.emslens.device.PromptMemory;

/**
 * What heads look at while the model repeats a prompt: a map like the prompt's own, but its queries
 * are the prompt's tokens as they are read again, behind the whole prompt. The largest value of a
 * column, over a group's heads, is that token's score as KVzip has it ({@link
 * org.emslens.cache.PromptScore#REPEAT}, which also counts the few tokens of the instruction, and
 * of a prompt in several parts each by itself).
 *
 * @param parts in order, which do not overlap
 */
public record RepetitionMap(List<Part> parts) implements AutoCloseable {

  /**
   * A part of the prompt as it was read again.
   *
   * @param from first token of the prompt that is repeated
   * @param to the first behind the last one
   * @param first where `from` stands when it is read again, behind the prompt and what introduces
   *     the part
   * @param memory of prompt and part; what it says of the prompt's own queries means nothing
   */
  public record Part(int from, int to, int first, PromptMemory memory) {
    public int rows() {
      return to - from;
    }

    private int row(int token) {
      return first + token - from;
    }
  }

  public RepetitionMap {
    parts = List.copyOf(parts);
  }

  /** Where a token stands when it is read again; -1 for one that is not repeated. */
  public int position(int token) {
    for (Part p : parts) {
      if (token >= p.from && token < p.to) {
        return p.row(token);
      }
    }
    return -1;
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
    for (Part p : parts) {
      int first = 0;
      while (first < rowBounds.length - 1 && rowBounds[first + 1] <= p.from) {
        first++;
      }
      int last = first;
      while (last < rowBounds.length - 1 && rowBounds[last] < p.to) {
        last++;
      }
      if (first == last) {
        continue;
      }
      int[] rows = new int[last - first + 1];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = p.row(Math.clamp(rowBounds[first + i], p.from, p.to));
      }
      float[] values = p.memory.map(layer, head, rows, columnBounds, cancelled);
      for (int i = 0; i < values.length; i++) {
        all[first * columns + i] = Math.max(all[first * columns + i], values[i]);
      }
    }
    return all;
  }

  @Override
  public void close() {
    parts.forEach(p -> p.memory.close());
  }
}
