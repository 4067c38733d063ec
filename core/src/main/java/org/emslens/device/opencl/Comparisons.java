package org.emslens.device.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.emslens.cache.CacheOptions.Similarity;
import org.emslens.cache.MostSimilar;
import org.emslens.device.opencl.Kernel.Grid;
import org.emslens.device.opencl.Kernel.Local;

/**
 * What heads of a cache ask about the likeness of their slots, as long as it does not change: the
 * first that needs its answer has all of them computed that were asked by then. For any thread.
 */
final class Comparisons {
  private static final int NUMBERS = 6;

  private final Card card;
  private final Kernel similar;
  private final Tuning tuning;
  private final int headDim;
  private final Room room;
  private final Description about;
  private final List<Asked> open = new ArrayList<>();

  /** One head's question, and its answer once there is one. */
  private final class Asked implements Supplier<MostSimilar> {
    private final int head;
    private final Similarity by;
    private final int[] pool;
    private final int[] centres;
    private final float floor;
    private MostSimilar answer;

    Asked(int head, Similarity by, int[] pool, int[] centres, float floor) {
      this.head = head;
      this.by = by;
      this.pool = pool;
      this.centres = centres;
      this.floor = floor;
    }

    boolean isLike(Asked o) {
      return by == o.by && floor == o.floor;
    }

    @Override
    public MostSimilar get() {
      synchronized (Comparisons.this) {
        if (answer == null) {
          answerAll();
        }
        return answer;
      }
    }
  }

  Comparisons(Card card, Kernel similar, Tuning tuning, int headDim, Room room, Description about) {
    this.card = card;
    this.similar = similar;
    this.tuning = tuning;
    this.headDim = headDim;
    this.room = room;
    this.about = about;
  }

  Supplier<MostSimilar> ask(int head, Similarity by, int[] pool, int[] centres, float floor) {
    Asked asked = new Asked(head, by, pool, centres, floor);
    if (pool.length == 0 || centres.length == 0) {
      float[] none = new float[pool.length];
      Arrays.fill(none, floor);
      asked.answer = new MostSimilar(new int[pool.length], none);
      return asked;
    }
    synchronized (this) {
      if (!open.isEmpty() && !open.getFirst().isLike(asked)) {
        answerAll();
      }
      open.add(asked);
    }
    return asked;
  }

  private void answerAll() {
    int pooled = open.stream().mapToInt(a -> a.pool.length).sum();
    int[] numbers = numbers(pooled);
    int bits =
        switch (open.getFirst().by) {
          case KEYS -> 1;
          case VALUES -> 2;
          case BOTH -> 3;
        };
    try (Buffer asked = card.of(numbers);
        Buffer answers = card.allocate(2L * pooled * Integer.BYTES)) {
      Local tile = Local.floats((long) tuning.centres() * headDim);
      similar.run(
          Grid.items(
              open.stream().mapToInt(a -> a.pool.length).max().orElse(0),
              open.size(),
              tuning.keys()),
          room.keys(),
          room.values(),
          about.buffer(),
          about.total(),
          room.bases(),
          room.capacities(),
          asked,
          bits,
          open.getFirst().floor,
          pooled,
          answers,
          tile,
          tile);
      int[] found = new int[2 * pooled];
      card.read(answers, found);
      int at = 0;
      for (Asked a : open) {
        int n = a.pool.length;
        float[] similarity = new float[n];
        for (int i = 0; i < n; i++) {
          similarity[i] = Float.intBitsToFloat(found[pooled + at + i]);
        }
        a.answer = new MostSimilar(Arrays.copyOfRange(found, at, at + n), similarity);
        at += n;
      }
    }
    open.clear();
  }

  /** Each question as cache.cl has it, then all pools, then all centres. */
  private int[] numbers(int pooled) {
    int head = open.size() * NUMBERS;
    int[] numbers = new int[head + pooled + open.stream().mapToInt(a -> a.centres.length).sum()];
    int slots = head;
    int centres = head + pooled;
    for (int i = 0; i < open.size(); i++) {
      Asked a = open.get(i);
      int at = i * NUMBERS;
      numbers[at] = a.head;
      numbers[at + 1] = slots;
      numbers[at + 2] = a.pool.length;
      numbers[at + 3] = centres;
      numbers[at + 4] = a.centres.length;
      numbers[at + 5] = slots - head;
      System.arraycopy(a.pool, 0, numbers, slots, a.pool.length);
      System.arraycopy(a.centres, 0, numbers, centres, a.centres.length);
      slots += a.pool.length;
      centres += a.centres.length;
    }
    return numbers;
  }
}
