package org.emslens.cache;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Provenance of the whole cache at one moment. Frames between two compressions share their heads
 * and differ in how many tokens were appended since.
 *
 * @param compressed the heads after the last compression [layers * kvHeads]
 * @param firstAppended first token that came after it
 * @param seen tokens seen, all from `firstAppended` on having slots of their own
 */
public record CacheFrame(List<HeadSlots> compressed, int firstAppended, int seen) {

  public CacheFrame {
    compressed = List.copyOf(compressed);
  }

  /** An uncompressed cache of n tokens. */
  public static CacheFrame whole(int heads, int n) {
    HeadSlots whole = HeadSlots.whole(n);
    return new CacheFrame(IntStream.range(0, heads).mapToObj(i -> whole).toList(), n, n);
  }

  /** This with one more token. */
  public CacheFrame advance() {
    return new CacheFrame(compressed, firstAppended, seen + 1);
  }

  public CacheFrame apply(CompressionPlan plan) {
    List<HeadSlots> after =
        IntStream.range(0, compressed.size())
            .parallel()
            .mapToObj(i -> head(i).apply(plan.heads().get(i)))
            .toList();
    return new CacheFrame(after, seen, seen);
  }

  /** One head's slots now. */
  public HeadSlots head(int index) {
    HeadSlots base = compressed.get(index);
    return firstAppended == seen ? base : base.append(firstAppended, seen);
  }

  public int slots(int index) {
    return compressed.get(index).slots() + seen - firstAppended;
  }

  /** Slots of all heads. */
  public long slots() {
    long sum = 0;
    for (int i = 0; i < compressed.size(); i++) {
      sum += slots(i);
    }
    return sum;
  }
}
