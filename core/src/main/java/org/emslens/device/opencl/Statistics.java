package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.List;

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
    List<Buffer> made = new ArrayList<>();
    try {
      made.add(card.zeros(total));
      made.add(card.zeros(total));
      made.add(card.zeros(total));
      made.add(card.zeros((long) window * total));
      return new Statistics(made.get(0), made.get(1), made.get(2), made.get(3));
    } catch (RuntimeException | Error e) {
      made.forEach(Buffer::close);
      throw e;
    }
  }

  Statistics copy(Card card) {
    List<Buffer> made = new ArrayList<>();
    try {
      for (Buffer b : List.of(bias, received, position, rows)) {
        made.add(card.copy(b));
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
