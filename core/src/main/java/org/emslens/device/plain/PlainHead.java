package org.emslens.device.plain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.emslens.cache.CacheOptions.MergeKeys;
import org.emslens.cache.CacheOptions.Similarity;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadState;
import org.emslens.cache.MostSimilar;
import org.emslens.cache.Precision;
import org.emslens.cache.SlotVectors;
import org.emslens.model.AttentionSpec;

/** The slots of one KV head, each an object. */
final class PlainHead implements SlotVectors {
  private static final double TINY = 1e-12;

  private final int window;
  private final List<Slot> slots = new ArrayList<>();

  /** Attention of the last `window` queries, oldest first; a row ends where its slots did. */
  private final Deque<double[]> rows = new ArrayDeque<>();

  /**
   * A slot.
   *
   * @param received attention, summed over queries and averaged over the group
   * @param queries how many could see it
   */
  record Slot(float[] key, float[] value, double received, int queries, int position, double bias) {

    Slot attended(double probability, boolean reached) {
      return new Slot(
          key, value, received + probability, queries + (reached ? 1 : 0), position, bias);
    }
  }

  PlainHead(int window) {
    this.window = window;
  }

  PlainHead copy() {
    PlainHead copy = new PlainHead(window);
    copy.slots.addAll(slots);
    copy.rows.addAll(rows);
    return copy;
  }

  List<Slot> slots() {
    return slots;
  }

  void add(Slot slot) {
    slots.add(slot);
  }

  /** Remembers a row of attention. */
  void remember(double[] row) {
    rows.add(row);
    if (rows.size() > window) {
      rows.removeFirst();
    }
  }

  /** Takes in what one query attended to, averaged over the group. */
  void attend(double[] probabilities, AttentionSpec.Shape shape, int query) {
    for (int j = 0; j < probabilities.length; j++) {
      Slot s = slots.get(j);
      slots.set(j, s.attended(probabilities[j], shape.reaches(query, s.position)));
    }
    remember(probabilities);
  }

  HeadState state() {
    int n = slots.size();
    float[] received = new float[n];
    float[] local = new float[n];
    int[] queries = new int[n];
    int[] position = new int[n];
    for (int j = 0; j < n; j++) {
      Slot s = slots.get(j);
      received[j] = (float) s.received;
      queries[j] = s.queries;
      position[j] = s.position;
      double sum = 0;
      for (double[] row : rows) {
        sum += j < row.length ? row[j] : 0;
      }
      local[j] = (float) (sum / window);
    }
    return new HeadState(n, received, queries, local, newest(), position, copy());
  }

  private float[] newest() {
    double[] row = rows.getLast();
    float[] newest = new float[slots.size()];
    for (int j = 0; j < row.length; j++) {
      newest[j] = (float) row[j];
    }
    return newest;
  }

  void apply(HeadPlan plan, MergeKeys mergeKeys) {
    if (plan.slots() != slots.size()) {
      throw new IllegalArgumentException(
          "The plan is for " + plan.slots() + " slots; the head holds " + slots.size() + ".");
    }
    List<Slot> before = List.copyOf(slots);
    slots.clear();
    for (int k = 0; k < plan.kept().length; k++) {
      List<Integer> members = new ArrayList<>();
      for (int j = 0; j < before.size(); j++) {
        if (plan.target()[j] == k) {
          members.add(j);
        }
      }
      slots.add(merged(plan, k, members, before, mergeKeys));
    }
    List<double[]> old = List.copyOf(rows);
    rows.clear();
    for (double[] row : old) {
      double[] sums = new double[plan.kept().length];
      for (int j = 0; j < row.length; j++) {
        if (plan.target()[j] >= 0) {
          sums[plan.target()[j]] += row[j];
        }
      }
      rows.add(sums);
    }
  }

  private static Slot merged(
      HeadPlan plan, int k, List<Integer> members, List<Slot> before, MergeKeys mergeKeys) {
    Slot centre = before.get(plan.kept()[k]);
    double bias = centre.bias + plan.bias()[k];
    if (members.size() == 1) {
      return new Slot(
          centre.key, centre.value, centre.received, centre.queries, centre.position, bias);
    }
    double all = 0;
    for (int j : members) {
      all += plan.weight()[j];
    }
    int d = centre.key.length;
    double[] value = new double[d];
    double[] direction = new double[d];
    double received = centre.received;
    for (int j : members) {
      Slot s = before.get(j);
      double w = all > 0 ? plan.weight()[j] / all : 1.0 / members.size();
      double length = Math.max(norm(s.key), TINY);
      for (int i = 0; i < d; i++) {
        value[i] += w * s.value[i];
        direction[i] += w * s.key[i] / length;
      }
      if (s != centre) {
        received += s.received / Math.max(1, s.queries) * centre.queries;
      }
    }
    float[] key = centre.key;
    double length = Math.sqrt(Arrays.stream(direction).map(x -> x * x).sum());
    if (mergeKeys == MergeKeys.DIRECTION && length >= TINY) {
      key = new float[d];
      for (int i = 0; i < d; i++) {
        key[i] = (float) (direction[i] / length * norm(centre.key));
      }
    }
    float[] mean = new float[d];
    for (int i = 0; i < d; i++) {
      mean[i] = (float) value[i];
    }
    return new Slot(key, mean, received, centre.queries, centre.position, bias);
  }

  void round(Precision precision, int from, int to) {
    for (int start = from; start < to; start += Precision.GROUP) {
      List<Slot> group = slots.subList(start, Math.min(to, start + Precision.GROUP));
      float[][] keys = group.stream().map(s -> s.key.clone()).toArray(float[][]::new);
      float[] channel = new float[keys.length];
      for (int i = 0; i < keys[0].length; i++) {
        for (int j = 0; j < keys.length; j++) {
          channel[j] = keys[j][i];
        }
        precision.round(channel, 0, 1, keys.length);
        for (int j = 0; j < keys.length; j++) {
          keys[j][i] = channel[j];
        }
      }
      for (int j = 0; j < keys.length; j++) {
        Slot s = group.get(j);
        float[] value = s.value.clone();
        for (int i = 0; i < value.length; i += Precision.GROUP) {
          precision.round(value, i, 1, Math.min(Precision.GROUP, value.length - i));
        }
        group.set(j, new Slot(keys[j], value, s.received, s.queries, s.position, s.bias));
      }
    }
  }

  void truncate(int to) {
    if (to > slots.size() || slots.getLast().position != slots.size() - 1) {
      throw new IllegalStateException("Only a cache that was never compressed can be truncated.");
    }
    slots.subList(to, slots.size()).clear();
    List<double[]> old = List.copyOf(rows);
    rows.clear();
    old.forEach(r -> rows.add(Arrays.copyOf(r, Math.min(to, r.length))));
  }

  @Override
  public Supplier<MostSimilar> mostSimilar(Similarity by, int[] pool, int[] centres, float floor) {
    return () -> compared(by, pool, centres, floor);
  }

  private MostSimilar compared(Similarity by, int[] pool, int[] centres, float floor) {
    int[] centre = new int[pool.length];
    float[] similarity = new float[pool.length];
    for (int p = 0; p < pool.length; p++) {
      double best = floor;
      for (int c = 0; c < centres.length; c++) {
        Slot a = slots.get(pool[p]);
        Slot b = slots.get(centres[c]);
        double keys = by == Similarity.VALUES ? 1 : Math.max(floor, cosine(a.key, b.key));
        double values = by == Similarity.KEYS ? 1 : Math.max(floor, cosine(a.value, b.value));
        if (keys * values > best) {
          best = keys * values;
          centre[p] = c;
        }
      }
      similarity[p] = (float) best;
    }
    return new MostSimilar(centre, similarity);
  }

  @Override
  public float[] valueNorms(int[] some) {
    float[] norms = new float[some.length];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = (float) norm(slots.get(some[i]).value);
    }
    return norms;
  }

  @Override
  public float[] keys() {
    return PlainPrompt.flat(slots.stream().map(s -> s.key).toArray(float[][]::new));
  }

  private static double cosine(float[] x, float[] y) {
    return Softmax.dot(x, 0, y) / Math.max(norm(x), TINY) / Math.max(norm(y), TINY);
  }

  private static double norm(float[] x) {
    return Math.sqrt(Softmax.dot(x, 0, x));
  }
}
