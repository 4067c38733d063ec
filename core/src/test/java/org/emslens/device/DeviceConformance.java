package org.emslens.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadState;
import org.emslens.cache.LayerState;
import org.emslens.cache.MostSimilar;
import org.emslens.cache.Precision;
import org.emslens.format.DType;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.NormSpec;
import org.emslens.model.RopeSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every device must do, operation by operation, as the device `plain` does it. A device's own
 * test extends this and opens the device.
 */
public abstract class DeviceConformance {
  private static final float NEAR = 1e-4f;

  private Device plain;
  private Device device;

  /** A device to be tested. */
  protected abstract Device open();

  /** How many tokens products are made of. */
  protected int[] products() {
    return new int[] {1, 2, 3, 8, 9, 50, 65, 130};
  }

  /** Kinds of weights that are multiplied. */
  protected Set<DType> formats() {
    return EnumSet.allOf(DType.class);
  }

  /**
   * @param group query heads of a KV head
   */
  public record Heads(int group, int headDim) {}

  /** Few shapes, since devices may compile kernels for each: alone and grouped, even and odd. */
  protected List<Heads> heads() {
    return List.of(new Heads(3, 38), new Heads(1, 6), new Heads(2, 16));
  }

  /** How many tokens experts are asked for at most. */
  protected int manyTokens() {
    return 40;
  }

  /** How often a cache is compressed, with tokens between. */
  protected int rounds() {
    return 3;
  }

  /** About how many tokens the longest prompts have. */
  protected int longPrompt() {
    return 300;
  }

  @BeforeEach
  void openBoth() {
    plain = Devices.open("plain");
    device = open();
  }

  @AfterEach
  void closeBoth() {
    plain.close();
    if (device != null) {
      device.close();
    }
  }

  private List<Device> both() {
    return List.of(plain, device);
  }

  private static float[] random(Random r, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) r.nextGaussian();
    }
    return x;
  }

  private static Tensor tensor(Device d, int rows, int columns, float[] values) {
    Tensor t = d.tensor(rows, columns);
    d.upload(values, 0, t, 0, rows);
    return t;
  }

  private static float[] values(Device d, Tensor t) {
    float[] values = new float[t.rows() * t.columns()];
    d.download(t, 0, t.rows(), values, 0);
    return values;
  }

  private static void near(float[] expected, float[] found, String what) {
    float most = 1e-3f;
    for (float x : expected) {
      most = Math.max(most, Math.abs(x));
    }
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], NEAR * most, what + " at " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void rowsGoUpAndComeDown(long seed) {
    Random r = new Random(seed);
    int rows = 1 + r.nextInt(9);
    int columns = 1 + r.nextInt(70);
    float[] x = random(r, rows * columns);
    for (Device d : both()) {
      Tensor t = d.tensor(rows + 2, columns);
      d.upload(x, 0, t, 1, rows);
      float[] back = new float[x.length + 3];
      d.download(t, 1, rows, back, 3);
      assertArrayEquals(x, Arrays.copyOfRange(back, 3, back.length));
      float[] all = values(d, t);
      assertEquals(0, all[0], "a new tensor is zeros");
      assertEquals(0, all[all.length - 1]);
    }
  }

  @ParameterizedTest
  @EnumSource(NormSpec.Kind.class)
  void norms(NormSpec.Kind kind) {
    for (int n : new int[] {1, 3, 40}) {
      Random r = new Random(n);
      int width = 1 + r.nextInt(130);
      float[] x = random(r, n * width);
      float[] weight = random(r, width);
      float[] bias = random(r, width);
      List<float[]> found = new ArrayList<>();
      for (Device d : both()) {
        Tensor y = d.tensor(n, width);
        Tensor b = kind == NormSpec.Kind.LAYER ? d.vector(bias) : null;
        d.norm(kind, 1e-5f, d.vector(weight), b, tensor(d, n, width, x), y, n);
        found.add(values(d, y));
      }
      near(found.get(0), found.get(1), kind + " " + n);
    }
  }

  @ParameterizedTest
  @EnumSource(RopeSpec.Pairs.class)
  void rotations(RopeSpec.Pairs pairs) {
    for (int n : new int[] {1, 2, 37}) {
      Random r = new Random(n);
      int half = 1 + r.nextInt(20);
      int headDim = 2 * half + 2 * r.nextInt(3);
      int heads = 1 + r.nextInt(5);
      float[] divisors = r.nextBoolean() ? new float[0] : new float[half];
      Arrays.fill(divisors, 1.5f);
      RopeSpec rope = new RopeSpec(pairs, 2 * half, 10000, divisors, r.nextBoolean() ? 1 : 1.2f);
      int width = (heads + 2) * headDim;
      float[] x = random(r, n * width);
      int[] positions = IntStream.range(0, n).map(i -> 3 * i + 1000).toArray();
      List<float[]> found = new ArrayList<>();
      for (Device d : both()) {
        Tensor t = tensor(d, n, width, x);
        d.rotate(rope, t, heads, headDim, positions, n);
        found.add(values(d, t));
      }
      near(found.get(0), found.get(1), pairs + " " + n);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activations(Activation activation) {
    for (boolean gated : new boolean[] {true, false}) {
      for (int n : new int[] {1, 2, 33}) {
        Random r = new Random(n);
        int width = 1 + r.nextInt(90);
        float[] x = random(r, n * width * 2);
        List<float[]> found = new ArrayList<>();
        for (Device d : both()) {
          Tensor y = d.tensor(n, width);
          Tensor in = tensor(d, n, gated ? 2 * width : width, x);
          d.activate(activation, gated, in, y, n);
          found.add(values(d, y));
        }
        near(found.get(0), found.get(1), activation + " " + gated + " " + n);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30})
  void additions(int n) {
    Random r = new Random(n);
    int width = 1 + r.nextInt(90);
    float[] x = random(r, (n + 1) * width);
    float[] y = random(r, (n + 1) * width);
    List<float[]> found = new ArrayList<>();
    for (Device d : both()) {
      Tensor t = tensor(d, n + 1, width, x);
      d.add(t, tensor(d, n + 1, width, y), 0.37f, n);
      found.add(values(d, t));
    }
    near(found.get(0), found.get(1), "sum");
    assertEquals(
        x[x.length - 1], found.get(1)[x.length - 1], "rows that take no part stay as they are");
  }

  /** Heads of queries and of keys, each with weights of their own kind; all of a row at once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30})
  void normsOfParts(int n) {
    Random r = new Random(n);
    int part = 1 + r.nextInt(40);
    int parts = 1 + r.nextInt(6);
    int before = r.nextInt(9);
    int width = before + parts * part + r.nextInt(9);
    float[] x = random(r, (n + 1) * width);
    float[] weight = random(r, part);
    List<float[]> found = new ArrayList<>();
    for (Device d : both()) {
      Tensor t = tensor(d, n + 1, width, x);
      d.normParts(1e-5f, d.vector(weight), t, before, parts, n);
      found.add(values(d, t));
    }
    near(found.get(0), found.get(1), "normed");
    float[] rest = Arrays.copyOfRange(x, n * width, x.length);
    assertArrayEquals(rest, Arrays.copyOfRange(found.get(1), n * width, x.length));
    for (int i = 0; i < before; i++) {
      assertEquals(x[i], found.get(1)[i], "columns before stay as they are");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, Integer.MAX_VALUE})
  void routedExperts(int most) {
    int n = Math.min(most, manyTokens());
    Random r = new Random(n);
    List<FloatWeights> ups = new ArrayList<>();
    List<FloatWeights> downs = new ArrayList<>();
    int experts = 2 + r.nextInt(5);
    for (int e = 0; e < experts; e++) {
      ups.add(FloatWeights.of(2 * 32, 64, e));
      downs.add(FloatWeights.of(64, 32, 100 + e));
    }
    float[] x = random(r, n * 64);
    float[] logits = random(r, n * experts);
    for (boolean renormalised : new boolean[] {true, false}) {
      List<float[]> found = new ArrayList<>();
      for (Device d : both()) {
        List<Matrix> up = ups.stream().map(w -> d.matrix(w, w.parts())).toList();
        List<Matrix> down = downs.stream().map(w -> d.matrix(w, w.parts())).toList();
        Tensor y = d.tensor(n, 64);
        d.experts(
            Activation.SILU,
            up,
            down,
            tensor(d, n, experts, logits),
            2,
            renormalised,
            tensor(d, n, 64, x),
            y,
            n);
        found.add(values(d, y));
        up.forEach(Matrix::close);
        down.forEach(Matrix::close);
      }
      near(found.get(0), found.get(1), "experts " + renormalised);
    }
  }

  @Test
  void linearMaps() throws IOException {
    for (DType type : formats()) {
      RandomWeights weights = RandomWeights.of(type);
      for (int n : products()) {
        linearMap(weights, n, type + " for " + n);
      }
    }
  }

  private void linearMap(RandomWeights weights, int n, String what) throws IOException {
    Random r = new Random(n);
    float[] x = random(r, n * weights.in());
    float[] bias = random(r, weights.out());
    List<float[]> found = new ArrayList<>();
    for (Device d : both()) {
      try (Matrix m = d.matrix(weights, weights.parts())) {
        assertEquals(weights.out(), m.out());
        assertEquals(weights.in(), m.in());
        Tensor y = d.tensor(n, m.out());
        Tensor b = n % 2 == 0 ? d.vector(bias) : null;
        d.linear(m, b, tensor(d, n, m.in(), x), y, n);
        found.add(values(d, y));
      }
    }
    near(found.get(0), found.get(1), what);
  }

  /** Rows that blocks of 32 inputs do not divide. */
  @ParameterizedTest
  @ValueSource(ints = {7, 40, 72})
  void rowsOfAnyLength(int in) {
    FloatWeights weights = FloatWeights.of(33, in, in);
    for (int n : new int[] {1, 6}) {
      Random r = new Random(n);
      float[] x = random(r, n * in);
      List<float[]> found = new ArrayList<>();
      for (Device d : both()) {
        try (Matrix m = d.matrix(weights, weights.parts())) {
          Tensor y = d.tensor(n, m.out());
          d.linear(m, null, tensor(d, n, in, x), y, n);
          found.add(values(d, y));
        }
      }
      near(found.get(0), found.get(1), in + " for " + n);
    }
  }

  /** Two layers of different shapes, a prompt in blocks, everything that it keeps. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9})
  void promptsAndTheirMaps(long seed) {
    Pair p = prompts(seed);
    for (int l = 0; l < p.shapes.size(); l++) {
      PromptLayer a = p.plain.layer(l);
      PromptLayer b = p.device.layer(l);
      near(a.queries(), b.queries(), "queries");
      near(a.normalisers(), b.normalisers(), "normalisers");
      near(a.received(), b.received(), "received");
      for (int g = 0; g < a.keys().length; g++) {
        near(a.keys()[g], b.keys()[g], "keys");
        near(a.values()[g], b.values()[g], "values");
        for (int i = 0; i < a.lastRows()[g].length; i++) {
          near(a.lastRows()[g][i], b.lastRows()[g][i], "last row " + i);
        }
      }
      for (int h = 0; h < a.thumbnails().length; h++) {
        near(a.thumbnails()[h], b.thumbnails()[h], "thumbnail");
        near(a.thumbnails()[h], p.device.thumbnail(l, h), "thumbnail");
      }
      int n = p.plain.tokens();
      Random r = new Random(seed);
      int from = r.nextInt(n);
      int[] rows = {from / 2, (from + n) / 2, n};
      int[] columns = {from / 3, from / 3 + 1, Math.max(from / 3 + 1, n - 1), n};
      near(
          p.plain.map(l, 0, rows, columns, () -> false),
          p.device.map(l, 0, rows, columns, () -> false),
          "map");
    }
    near(p.plainOut, p.deviceOut, "outputs");
  }

  /** Tokens that follow a prompt see its keys, and leave it as it was. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void promptsCanBeContinued(long seed) {
    Pair p = prompts(seed);
    int n = p.plain.tokens();
    int more = 3 + (int) seed * longPrompt() / 10;
    float[][][] weights = new float[p.shapes.size()][2][more];
    int from = (int) (n * (seed - 1) / 4);
    int to = seed == 1 ? n : n - (int) seed;
    Repeated part = new Repeated(Math.min(4, from), from, to, false, weights);
    Repeated seen = new Repeated(Math.min(4, from), from, to, true, weights);
    List<PromptMemory> longer =
        List.of(p.plain.continued(more, seen), p.device.continued(more, seen));
    List<PromptMemory> weighed =
        List.of(p.plain.continued(more, part), p.device.continued(more, part));
    for (int l = 0; l < p.shapes.size(); l++) {
      AttentionSpec.Shape s = p.shapes.get(l);
      int width = s.queryWidth() + 2 * s.kvWidth();
      float[] qkv = random(new Random(seed + l), more * width);
      weights[l][0] = positive(seed, more);
      weights[l][1] = positive(seed + 1, more);
      for (List<PromptMemory> memories : List.of(longer, weighed)) {
        List<float[]> found = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          Device d = i == 0 ? plain : device;
          Tensor y = d.tensor(more, s.queryWidth());
          d.attend(memories.get(i), l, tensor(d, more, width, qkv), n, more, y);
          found.add(values(d, y));
        }
        near(found.get(0), found.get(1), "outputs of what follows");
      }
    }
    for (int l = 0; l < p.shapes.size(); l++) {
      int[] rows = IntStream.rangeClosed(n, n + more).toArray();
      int[] columns = {0, 1, n / 2, n, n + more};
      near(
          longer.getFirst().map(l, 0, rows, columns, () -> false),
          longer.getLast().map(l, 0, rows, columns, () -> false),
          "map of what follows");
      near(
          queriesBehind(longer.getFirst(), l, n), queriesBehind(longer.getLast(), l, n), "queries");
      for (int h : new int[] {0, p.shapes.get(l).heads() - 1}) {
        float[][] a = weighed.getFirst().most(l, h);
        for (float[][] b : List.of(weighed.getLast().most(l, h), longer.getLast().most(l, h))) {
          near(a[0], b[0], "most that is paid by what follows");
          near(a[1], b[1], "the same, weighted otherwise");
        }
        assertEquals(from > 0, a[0][0] == 0, "what is not repeated");
      }
      near(p.plain.layer(l).keys()[0], p.device.layer(l).keys()[0], "keys of the prompt");
    }
    Stream.concat(longer.stream(), weighed.stream()).forEach(PromptMemory::close);
  }

  /** A layer's queries of tokens from n on [H, more, d]. */
  private static float[] queriesBehind(PromptMemory memory, int layer, int n) {
    PromptLayer kept = memory.layer(layer);
    int heads = kept.thumbnails().length;
    int width = kept.queries().length / heads;
    int before = width / memory.tokens() * n;
    float[] behind = new float[heads * (width - before)];
    for (int h = 0; h < heads; h++) {
      System.arraycopy(
          kept.queries(), h * width + before, behind, h * (width - before), width - before);
    }
    return behind;
  }

  private static float[] positive(long seed, int n) {
    float[] w = random(new Random(seed), n);
    for (int i = 0; i < n; i++) {
      w[i] = 0.1f + Math.abs(w[i]);
    }
    return w;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void keptPromptsComeBack(long seed) {
    Pair p = prompts(seed);
    List<PromptLayer> kept = IntStream.range(0, p.shapes.size()).mapToObj(p.plain::layer).toList();
    PromptMemory back = device.prompt(p.shapes, kept);
    for (int l = 0; l < kept.size(); l++) {
      assertArrayEquals(kept.get(l).queries(), back.layer(l).queries());
      assertArrayEquals(kept.get(l).keys(), back.layer(l).keys());
      assertArrayEquals(kept.get(l).values(), back.layer(l).values());
      assertArrayEquals(kept.get(l).lastRows(), back.layer(l).lastRows());
      assertArrayEquals(kept.get(l).received(), back.layer(l).received());
    }
    agree(p.plain.cache(4), back.cache(4), p.shapes);
  }

  /** Ragged heads, members, biases; one token each for two caches; again and again. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void cachesGrowAndAreCompressed(long seed) {
    Pair p = prompts(seed);
    Random r = new Random(seed);
    List<CacheMemory> plains = new ArrayList<>(List.of(p.plain.cache(5), p.plain.cache(5)));
    List<CacheMemory> devices = new ArrayList<>(List.of(p.device.cache(5), p.device.cache(5)));
    int position = p.plain.tokens();
    List<Runnable> looks = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      CompressionPlan plan = plan(plains.getFirst(), p.shapes, r);
      plains.getFirst().apply(plan);
      devices.getFirst().apply(plan);
      agree(plains.getFirst(), devices.getFirst(), p.shapes);
      for (int token = 0; token < 4; token++, position++) {
        looks.add(step(p.shapes, plains, devices, position, r));
      }
      for (int c = 0; c < 2; c++) {
        agree(plains.get(c), devices.get(c), p.shapes);
      }
    }
    // What a token attended to stays, whatever comes after it.
    looks.forEach(Runnable::run);
  }

  /** Whole groups and parts of one, of a prompt's own slots and of merged ones; copies stay. */
  @ParameterizedTest
  @EnumSource(names = "FLOAT32", mode = EnumSource.Mode.EXCLUDE)
  void cachesAreRounded(Precision precision) {
    Pair p = prompts(precision.steps());
    Random r = new Random(precision.steps());
    for (boolean compressed : new boolean[] {false, true}) {
      List<CacheMemory> plains = List.of(p.plain.cache(3));
      List<CacheMemory> devices = List.of(p.device.cache(3));
      if (compressed) {
        CompressionPlan plan = plan(plains.getFirst(), p.shapes, r);
        plains.getFirst().apply(plan);
        devices.getFirst().apply(plan);
      }
      CacheMemory before = plains.getFirst().copy();
      CacheMemory copy = devices.getFirst().copy();
      int[] slots = slots(plains.getFirst(), p.shapes);
      int[] half = Arrays.stream(slots).map(n -> r.nextInt(n + 1)).toArray();
      half[0] = slots[0];
      int[][] bounds = {new int[slots.length], half, slots};
      for (int part = 0; part < 2; part++) {
        plains.getFirst().round(precision, bounds[part], bounds[part + 1]);
        devices.getFirst().round(precision, bounds[part], bounds[part + 1]);
        agree(plains.getFirst(), devices.getFirst(), p.shapes);
        step(p.shapes, plains, devices, p.plain.tokens() + part, r).run();
      }
      agree(before, copy, p.shapes);
    }
  }

  /** Slots of all heads. */
  private static int[] slots(CacheMemory cache, List<AttentionSpec.Shape> shapes) {
    return IntStream.range(0, shapes.size())
        .flatMap(l -> IntStream.range(0, shapes.get(l).kvHeads()).map(g -> cache.slots(l, g)))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void copiesAreIndependentAndFullCachesCanBeCut(long seed) {
    Pair p = prompts(seed);
    Random r = new Random(seed);
    int n = p.plain.tokens();
    List<CacheMemory> plains = List.of(p.plain.cache(3));
    List<CacheMemory> devices = List.of(p.device.cache(3));
    CacheMemory copy = devices.getFirst().copy();
    for (int token = 0; token < 3; token++) {
      step(p.shapes, plains, devices, n + token, r).run();
    }
    agree(p.plain.cache(3), copy, p.shapes);
    agree(p.plain.cache(3), p.device.cache(3), p.shapes);
    plains.getFirst().truncate(n + 1);
    devices.getFirst().truncate(n + 1);
    for (int l = 0; l < p.shapes.size(); l++) {
      assertEquals(n + 1, devices.getFirst().slots(l, 0));
      near(plains.getFirst().keys(l, 0), devices.getFirst().keys(l, 0), "keys after a cut");
    }
    step(p.shapes, plains, devices, n + 1, r).run();
    CacheMemory other = p.device.cache(3);
    other.apply(plan(p.plain.cache(3), p.shapes, r));
    if (other.slots(0, 0) < n) {
      assertThrows(IllegalStateException.class, () -> other.truncate(1));
    }
  }

  /** What comes behind a cache that was cut short takes no place in the prompt. */
  @ParameterizedTest
  @ValueSource(longs = {2, 3})
  void cachesThatAreCutWithinThePromptLeaveItAlone(long seed) {
    Pair p = prompts(seed);
    int half = p.plain.tokens() / 2;
    List<CacheMemory> plains = List.of(p.plain.cache(3));
    List<CacheMemory> devices = List.of(p.device.cache(3));
    plains.getFirst().truncate(half);
    devices.getFirst().truncate(half);
    step(p.shapes, plains, devices, half, new Random(seed)).run();
    for (int l = 0; l < p.shapes.size(); l++) {
      near(p.plain.layer(l).keys()[0], p.device.layer(l).keys()[0], "keys of the prompt");
      near(p.plain.layer(l).values()[0], p.device.layer(l).values()[0], "values of the prompt");
      near(plains.getFirst().keys(l, 0), devices.getFirst().keys(l, 0), "keys of the cache");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void manyTokensAtOnce(long seed) {
    Pair p = prompts(seed);
    Random r = new Random(seed);
    CacheMemory a = p.plain.cache(4);
    CacheMemory b = p.device.cache(4);
    CompressionPlan plan = plan(a, p.shapes, r);
    a.apply(plan);
    b.apply(plan);
    int n = 1 + r.nextInt(12);
    int row = r.nextInt(3);
    for (int l = 0; l < p.shapes.size(); l++) {
      AttentionSpec.Shape s = p.shapes.get(l);
      int width = s.queryWidth() + 2 * s.kvWidth();
      float[] qkv = random(r, (row + n) * width);
      Tensor y = plain.tensor(row + n, s.queryWidth());
      Tensor z = device.tensor(row + n, s.queryWidth());
      device.upload(new float[(row + n) * s.queryWidth()], 0, z, 0, row + n);
      int first = p.plain.tokens();
      plain.attendMany(a, l, tensor(plain, row + n, width, qkv), row, first, n, y);
      device.attendMany(b, l, tensor(device, row + n, width, qkv), row, first, n, z);
      near(values(plain, y), values(device, z), "outputs");
    }
    agree(a, b, p.shapes);
  }

  @ParameterizedTest
  @EnumSource(CacheOptions.Similarity.class)
  void similarities(CacheOptions.Similarity by) {
    Pair p = prompts(7);
    Random r = new Random(7);
    int n = p.plain.tokens();
    int[] all = r.ints(0, n).distinct().limit(n).toArray();
    int[] pool = Arrays.copyOf(all, n / 2);
    for (int count : new int[] {1, 2, n - n / 2}) {
      int[] centres = Arrays.copyOfRange(all, n / 2, n / 2 + count);
      float floor = by == CacheOptions.Similarity.KEYS ? -1 : 0;
      var a = p.plain.cache(2).state(0).heads().getFirst().vectors();
      var b = p.device.cache(2).state(0).heads().getFirst().vectors();
      var expected = a.mostSimilar(by, pool, centres, floor).get();
      var found = b.mostSimilar(by, pool, centres, floor).get();
      near(expected.similarity(), found.similarity(), by + " of " + count);
      assertArrayEquals(expected.centre(), found.centre());
      near(a.valueNorms(pool), b.valueNorms(pool), "lengths of values");
      assertEquals(0, b.mostSimilar(by, new int[0], centres, floor).get().centre().length);
    }
  }

  /** Whatever was asked before the first answer is wanted, and in whatever order it is. */
  @Test
  void similaritiesOfManyHeadsAtOnce() {
    Pair p = prompts(11);
    int n = p.plain.tokens();
    List<MostSimilar> expected = new ArrayList<>();
    List<Supplier<MostSimilar>> asked = new ArrayList<>();
    try (CacheMemory plain = p.plain.cache(2);
        CacheMemory device = p.device.cache(2)) {
      for (int layer = 0; layer < 2; layer++) {
        var from = plain.state(layer).heads();
        var to = device.state(layer).heads();
        for (int g = 0; g < from.size(); g++) {
          int centres = 1 + (layer + g) % 3;
          int[] some = IntStream.range(0, centres).map(i -> 3 * i).toArray();
          int[] pool = IntStream.range(4 + g, n - layer).toArray();
          for (CacheOptions.Similarity by : CacheOptions.Similarity.values()) {
            expected.add(from.get(g).vectors().mostSimilar(by, pool, some, 0).get());
            asked.add(to.get(g).vectors().mostSimilar(by, pool, some, 0));
          }
        }
      }
      for (int i = asked.size() - 1; i >= 0; i--) {
        MostSimilar found = asked.get(i).get();
        near(expected.get(i).similarity(), found.similarity(), "question " + i);
        assertArrayEquals(expected.get(i).centre(), found.centre());
      }
    }
  }

  /** The same prompt on both devices. */
  private record Pair(
      List<AttentionSpec.Shape> shapes,
      PromptMemory plain,
      PromptMemory device,
      float[] plainOut,
      float[] deviceOut) {}

  private Pair prompts(long seed) {
    Random r = new Random(seed);
    int n =
        seed == 1
            ? 1
            : seed < 7
                ? 2 + r.nextInt(longPrompt() * 3 / 10)
                : longPrompt() + r.nextInt(longPrompt() / 6);
    int kvHeads = 1 + r.nextInt(3);
    List<Heads> shaped = heads();
    Heads heads = shaped.get((int) (seed % shaped.size()));
    int group = heads.group();
    int headDim = heads.headDim();
    AttentionSpec.Shape one =
        new AttentionSpec.Shape(kvHeads * group, kvHeads, headDim, r.nextFloat() + 0.1f);
    int window = 1 + r.nextInt(n + 4);
    float cap = r.nextBoolean() ? 0 : 1 + 4 * r.nextFloat();
    AttentionSpec.Shape other =
        new AttentionSpec.Shape(one.heads(), kvHeads, headDim, one.scale(), window, cap);
    List<AttentionSpec.Shape> shapes = List.of(one, other);
    int lastRows = Math.min(n, 1 + r.nextInt(8));
    PromptMemory a = plain.prompt(shapes, n, lastRows);
    PromptMemory b = device.prompt(shapes, n, lastRows);
    int block = 1 + r.nextInt(n);
    float[] plainOut = new float[0];
    float[] deviceOut = new float[0];
    for (int first = 0; first < n; first += block) {
      int count = Math.min(block, n - first);
      for (int l = 0; l < 2; l++) {
        int width = one.queryWidth() + 2 * one.kvWidth();
        float[] qkv = random(r, count * width);
        Tensor y = plain.tensor(count, one.queryWidth());
        Tensor z = device.tensor(count, one.queryWidth());
        plain.attend(a, l, tensor(plain, count, width, qkv), first, count, y);
        device.attend(b, l, tensor(device, count, width, qkv), first, count, z);
        plainOut = values(plain, y);
        deviceOut = values(device, z);
      }
    }
    return new Pair(shapes, a, b, plainOut, deviceOut);
  }

  /** Tells whether a first cache's token attended to the same. */
  private Runnable step(
      List<AttentionSpec.Shape> shapes,
      List<CacheMemory> plains,
      List<CacheMemory> devices,
      int position,
      Random r) {
    int n = plains.size();
    int heads = shapes.stream().mapToInt(AttentionSpec.Shape::heads).sum();
    int[] positions = IntStream.range(0, n).map(i -> position).toArray();
    List<DecodeTap> a = new ArrayList<>();
    List<DecodeTap> b = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      a.add(new DecodeTap(heads));
      b.add(i == 0 ? new DecodeTap(heads) : null);
    }
    for (int l = 0; l < shapes.size(); l++) {
      AttentionSpec.Shape s = shapes.get(l);
      int width = s.queryWidth() + 2 * s.kvWidth();
      float[] qkv = random(r, n * width);
      Tensor y = plain.tensor(n, s.queryWidth());
      Tensor z = device.tensor(n, s.queryWidth());
      plain.attend(plains, l, tensor(plain, n, width, qkv), positions, y, a);
      device.attend(devices, l, tensor(device, n, width, qkv), positions, z, b);
      near(values(plain, y), values(device, z), "outputs of layer " + l);
    }
    for (float apart : b.getFirst().outputError(a.getFirst())) {
      assertEquals(0, apart, NEAR);
    }
    return () -> same(a.getFirst().halves(), b.getFirst().halves());
  }

  private static void same(short[][] expected, short[][] found) {
    assertEquals(expected.length, found.length);
    for (int h = 0; h < expected.length; h++) {
      assertEquals(expected[h].length, found[h].length);
      for (int j = 0; j < expected[h].length; j++) {
        assertEquals(
            Float.float16ToFloat(expected[h][j]), Float.float16ToFloat(found[h][j]), 1e-3f);
      }
    }
  }

  private static void agree(CacheMemory a, CacheMemory b, List<AttentionSpec.Shape> shapes) {
    for (int l = 0; l < shapes.size(); l++) {
      LayerState expected = a.state(l);
      LayerState found = b.state(l);
      for (int g = 0; g < shapes.get(l).kvHeads(); g++) {
        HeadState x = expected.heads().get(g);
        HeadState y = found.heads().get(g);
        int n = x.slots();
        assertEquals(n, y.slots());
        assertEquals(n, b.slots(l, g));
        assertArrayEquals(Arrays.copyOf(x.position(), n), Arrays.copyOf(y.position(), n));
        assertArrayEquals(Arrays.copyOf(x.queries(), n), Arrays.copyOf(y.queries(), n));
        near(Arrays.copyOf(x.received(), n), Arrays.copyOf(y.received(), n), "received");
        near(Arrays.copyOf(x.local(), n), Arrays.copyOf(y.local(), n), "local");
        near(Arrays.copyOf(x.newest(), n), Arrays.copyOf(y.newest(), n), "newest");
        near(x.vectors().keys(), y.vectors().keys(), "keys of a state");
        near(a.keys(l, g), b.keys(l, g), "keys");
        near(a.values(l, g), b.values(l, g), "values");
        near(a.bias(l, g), b.bias(l, g), "bias");
      }
    }
  }

  /** Heads keep different numbers of slots; some members join, some with no weight, some go. */
  private static CompressionPlan plan(
      CacheMemory cache, List<AttentionSpec.Shape> shapes, Random r) {
    List<HeadPlan> heads = new ArrayList<>();
    for (int l = 0; l < shapes.size(); l++) {
      for (int g = 0; g < shapes.get(l).kvHeads(); g++) {
        int n = cache.slots(l, g);
        int[] kept =
            IntStream.concat(
                    IntStream.range(0, n - 1).filter(j -> r.nextInt(3) > 0), IntStream.of(n - 1))
                .toArray();
        int[] target = new int[n];
        float[] weight = new float[n];
        float[] bias = new float[kept.length];
        Arrays.fill(target, -1);
        for (int j = 0; j < n; j++) {
          target[j] = r.nextInt(3) == 0 ? -1 : r.nextInt(kept.length);
          weight[j] = r.nextInt(4) == 0 ? 0 : r.nextFloat();
        }
        for (int k = 0; k < kept.length; k++) {
          target[kept[k]] = k;
          bias[k] = r.nextBoolean() ? 0 : r.nextFloat();
        }
        heads.add(
            new HeadPlan(
                kept,
                1,
                target,
                weight,
                bias,
                new HeadPlan.Scores(new float[0], new float[0], new float[0]),
                new HeadPlan.Readout(0, 0, 0, 0, 0)));
      }
    }
    CacheOptions.MergeKeys keys =
        r.nextBoolean() ? CacheOptions.MergeKeys.CENTRE : CacheOptions.MergeKeys.DIRECTION;
    return new CompressionPlan("random", 1, keys, heads);
  }
}
