package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.LayerState;
import org.emslens.device.DecodeTap;
import org.emslens.device.ProcessMemory;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.engine.scores.PromptScoring;
import org.emslens.session.CacheChoice;

/**
 * What a policy costs at one length of context.
 *
 * @param context tokens of the prompt
 * @param prefillTokensPerSecond with score statistics gathered; the same run for all policies
 * @param decodeTokensPerSecond with the compressed cache, attention captured, re-compressions
 *     included
 * @param scoreMillis reading the score statistics of all heads, after the prompt, and asking it
 *     what else the policy wants to know
 * @param planMillis ranking and assigning
 * @param applyMillis executing the plan
 * @param compressionShare of those three in the time of prefill and compression together
 * @param bytes of the compressed cache
 * @param peakBytes of the whole process while the policy ran, weights and the full prefill included
 */
public record Bench(
    String policy,
    int context,
    String budget,
    double prefillTokensPerSecond,
    double decodeTokensPerSecond,
    double scoreMillis,
    double planMillis,
    double applyMillis,
    double compressionShare,
    long bytes,
    long peakBytes) {

  private static final int DECODED = 64;
  private static final int ROUNDS = 5;
  private static final int WARM_UPS = 44;
  private static final int SHORT = 256;

  /**
   * Runs the policies on the beginning of a prompt, each the more often the fewer they are, and
   * forgets the times, so that nothing that is measured later waits for the compiler.
   *
   * @param ids as for `run`
   */
  public static void warmUp(LoadedModel loaded, int[] ids, List<CacheChoice> choices) {
    int[] few = Arrays.copyOf(ids, Math.min(ids.length, SHORT + DECODED));
    for (int done = 0; done < WARM_UPS; done += choices.size()) {
      run(loaded, few, choices, Progress.NONE, b -> {});
    }
  }

  /**
   * Measures policies at one length, after `warmUp`; medians of five rounds but for the prefill,
   * which runs once.
   *
   * @param ids a prompt, and 64 tokens more to decode
   */
  public static void run(
      LoadedModel loaded,
      int[] ids,
      List<CacheChoice> choices,
      Progress progress,
      Consumer<Bench> each) {
    int context = ids.length - DECODED;
    ProcessMemory.forgetPeak();
    long start = System.nanoTime();
    Prompt prefill = loaded.pass().prompt(Arrays.copyOf(ids, context), null, progress);
    double prefillSeconds = (System.nanoTime() - start) / 1e9;
    for (CacheChoice c : choices) {
      each.accept(run(loaded, prefill.unasked(), prefillSeconds, ids, c, progress));
      ProcessMemory.forgetPeak();
    }
  }

  private static Bench run(
      LoadedModel loaded,
      Prompt prefill,
      double prefillSeconds,
      int[] ids,
      CacheChoice choice,
      Progress progress) {
    int context = prefill.tokens();
    int budget = choice.slotsFor(context);
    List<double[]> times = new ArrayList<>();
    Cache cache = null;
    ForwardPass pass = loaded.pass();
    long begun = System.nanoTime();
    new PromptScoring(loaded.model(), pass).ask(prefill, choice.asks(prefill.tokens()), progress);
    double asking = (System.nanoTime() - begun) / 1e6;
    boolean compresses = choice.policy().with(choice.options()).compresses() && budget < context;
    for (int i = 0; i < ROUNDS; i++) {
      progress.at(0);
      cache = prefill.cache(choice.options());
      times.add(compresses ? compress(cache, choice, budget) : new double[3]);
    }
    long bytes = cache.packedBytes();
    DecodeTap tap = new DecodeTap(pass.config().allHeads());
    long start = System.nanoTime();
    for (int i = 0; i < DECODED; i++) {
      pass.step(cache, ids[context + i], tap);
      cache.compressDue(choice.policy(), choice.options(), budget);
      progress.at((double) i / DECODED);
    }
    double decodeSeconds = (System.nanoTime() - start) / 1e9;
    double score = asking + median(times, 0);
    double plan = median(times, 1);
    double apply = median(times, 2);
    double compression = (score + plan + apply) / 1e3;
    return new Bench(
        choice.policy().id(),
        context,
        choice.budget().toString(),
        context / prefillSeconds,
        DECODED / decodeSeconds,
        score,
        plan,
        apply,
        compression / (prefillSeconds + compression),
        bytes,
        ProcessMemory.peak());
  }

  private static double[] compress(Cache cache, CacheChoice choice, int budget) {
    long start = System.nanoTime();
    List<LayerState> states = cache.states();
    long scored = System.nanoTime();
    CompressionPlan plan = cache.plan(states, choice.policy(), choice.options(), budget);
    long planned = System.nanoTime();
    cache.apply(plan);
    long applied = System.nanoTime();
    return new double[] {
      (scored - start) / 1e6, (planned - scored) / 1e6, (applied - planned) / 1e6
    };
  }

  private static double median(List<double[]> times, int which) {
    double[] x = times.stream().mapToDouble(t -> t[which]).sorted().toArray();
    return x[x.length / 2];
  }

  /** Tokens that are decoded after the prompt. */
  public static int decoded() {
    return DECODED;
  }
}
