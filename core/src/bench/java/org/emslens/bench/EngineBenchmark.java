package org.emslens.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.Policies;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.hub.Catalogue;
import org.emslens.hub.FetchListener;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the default model costs: reading a prompt, a token, a new plan, a map. Everything in one process, so that ratios can be trusted. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 6, time = 3)
public class EngineBenchmark {
  private static final int PROMPT = 1000;
  private static final int CONTEXT = 500;

  private Model model;
  private Device device;
  private ForwardPass pass;
  private int[] ids;
  private Prompt prefill;
  private Prompt half;
  private Cache cache;
  private Cache thousand;
  private CompressionPlan plan;
  private DecodeTap rows;

  /** Parallel streams that start in it run on its only thread. */
  private final ForkJoinPool one = new ForkJoinPool(1);

  @Setup
  public void open() throws IOException {
    model =
        ModelLoader.open(
            new ModelStore(UserFolders.models())
                .resolve(Catalogue.shipped(), null, FetchListener.NONE));
    device = Devices.open(null);
    pass = new ForwardPass(model, device, Progress.NONE);
    ids = new int[PROMPT];
    for (int i = 0; i < PROMPT; i++) {
      ids[i] = 1000 + i * 7919 % 40000;
    }
    prefill = pass.prompt(ids, null, Progress.NONE);
    half = pass.prompt(Arrays.copyOf(ids, CONTEXT), null, Progress.NONE);
    rows = new DecodeTap(model.config().allHeads());
  }

  @Setup(Level.Iteration)
  public void caches() {
    cache = half.cache(16);
    thousand = prefill.cache(16);
    plan = thousand.plan(Policies.EMS, CacheOptions.EMS, 128);
  }

  @TearDown
  public void close() throws IOException {
    one.close();
    pass.close();
    device.close();
    model.close();
  }

  /** 1,000 tokens with score statistics. */
  @Benchmark
  public Prompt prefillThousand() {
    return pass.prompt(ids, null, Progress.NONE);
  }

  /** One token at about 500 of context, every head's attention captured. */
  @Benchmark
  public float[] decodeAtFiveHundred() {
    if (cache.seen() > CONTEXT + 200) {
      cache = half.cache(16);
    }
    return pass.step(cache, ids[cache.seen() % PROMPT], rows);
  }

  /** EMS planned for all heads at 1,000 slots. */
  @Benchmark
  public CompressionPlan planThousand() {
    return thousand.plan(Policies.EMS, CacheOptions.EMS, 128);
  }

  /** A fresh cache of 1,000 tokens, compressed by a plan that is there. */
  @Benchmark
  public Cache fillAndApply() {
    Cache c = prefill.cache(16);
    c.apply(plan);
    return c;
  }

  /** A cache of 1,000 slots per head, for one compression. */
  @State(Scope.Thread)
  public static class Fresh {
    private Cache cache;

    @Setup(Level.Invocation)
    public void copy(EngineBenchmark all) {
      cache = all.thousand.copy();
    }
  }

  /** EMS planned and applied at 1,000 slots, all heads of all layers at once. */
  @Benchmark
  public CompressionPlan recompressBatched(Fresh fresh) {
    return fresh.cache.compressNow(Policies.EMS, CacheOptions.EMS, 128);
  }

  /** The same, one head after the other. */
  @Benchmark
  public CompressionPlan recompressHeadByHead(Fresh fresh) {
    return one.submit(() -> fresh.cache.compressNow(Policies.EMS, CacheOptions.EMS, 128)).join();
  }

  /** One head's whole map, at full resolution. */
  @Benchmark
  public float[] attentionMap() {
    return prefill.map(14, 4, 0, PROMPT, 0, PROMPT, PROMPT, PROMPT, () -> false);
  }
}
