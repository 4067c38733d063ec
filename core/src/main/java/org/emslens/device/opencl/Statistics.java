package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What is kept of each slot of a {@link Room} besides its key and value.
 *
 * @param bias added to its score [total]
 * @param received attention, summed over queries [total]
 * @param position of its own token [total]
 * @param rows attention of the last queries, a ring [window][total]
 */
record Statistics(Buffer bias, Buffer received, Buffer position, Buffer rows) {

  /** Zeros. */
  static Statistics of(Card card, int total, int window) {
    return of(i -> card.zeros(i < 3 ? total : (long) window * total));
  }

  Statistics copy(Card card) {
    List<Buffer> all = List.of(bias, received, position, rows);
    return of(i -> card.copy(all.get(i)));
  }

  /** All four, or none. */
  private static Statistics of(IntFunction<Buffer> maker) {
    List<Buffer> made = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        made.add(maker.apply(i));
      }
      return new Statistics(made.get(0), made.get(1), made.get(2), made.get(3));
    } catch (RuntimeException | Error e) {
      made.forEach(Buffer::close);
      throw e;
    }
  }

  void close() {
    bias.close();
    received.close();
    position.close();
    rows.close();
  }
}
