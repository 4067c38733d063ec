package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.emslens.TallModel;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.experiment.Prose;
import org.emslens.model.ModelLoader;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A model with the default model's heads going on far beyond its cache. What the process takes is
 * told by {@code emslens run --json}; here it would be that of all tests before.
 */
@Isolated("what others hold on to would be counted")
class LongDecodeTest {
  private static final int STEPS = 2000;
  private static final int BUDGET = 128;

  /**
   * Bytes. The ring of attention and the caches to come back to have shares of their own that fill
   * first; tokens, plans and provenance of 1,500 steps remain.
   */
  private static final long CEILING = 250_000_000;

  @TempDir Path folder;

  @Test
  void twoThousandTokensHoldMemoryFlat() throws Exception {
    try (LoadedModel loaded =
        LoadedModel.load(ModelLoader.open(TallModel.write(folder)), null, Progress.NONE)) {
      CacheOptions o = CacheOptions.EMS;
      // Given, not sampled, so that the text goes on for as long on every machine.
      int[] text =
          Tokenizer.ids(
              loaded
                  .model()
                  .tokenizer()
                  .encode(
                      String.join(
                          " ", new Prose(5).sentences(STEPS, t -> t.length() / 6, Progress.NONE))));
      Session s =
          Session.start(
              loaded.model(),
              loaded.pass(),
              "Once upon a time there was a lighthouse at the end of a long stone quay. "
                  .repeat(10),
              new CacheChoice(Policies.EMS, o, Budget.slots(BUDGET)),
              Sampling.GREEDY,
              Session.Detail.STEPS,
              Progress.NONE);
      long early = 0;
      int compressions = 0;
      for (int i = 1; i <= STEPS; i++) {
        Step step = s.feed(text[i % text.length]);
        compressions += step.plan() == null ? 0 : 1;
        for (int head = 0; head < loaded.model().config().allKvHeads(); head++) {
          assertTrue(step.after().slots(head) < BUDGET + o.slack());
        }
        if (i == STEPS / 4) {
          early = live();
        }
      }
      long late = live();
      assertEquals(STEPS, s.run().steps().size() - 1);
      assertTrue(compressions > STEPS / o.slack() - 2, compressions + " compressions");
      assertTrue(
          late < early + CEILING,
          "from " + early / 1_000_000 + " MB to " + late / 1_000_000 + " MB");
    }
  }

  /** Bytes that the heap holds on to; the cache lives there, the weights do not change. */
  private static long live() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
