package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.emslens.FamilyModels;
import org.emslens.TestFiles;
import org.emslens.cache.CacheFrame;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CacheOptions.MergeKeys;
import org.emslens.cache.CachePolicy;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadSlots;
import org.emslens.cache.LayerState;
import org.emslens.cache.Policies;
import org.emslens.cache.PromptScore;
import org.emslens.cache.TokenState;
import org.emslens.device.Device;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.engine.scores.PromptScoring;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What compression promises holds in every family, those with windows included. */
class FamilyCachesTest {
  private static final int RECENT = 4;
  private static final int BUDGET = 12;
  private static final int SLACK = 3;

  private static CacheOptions options(Policies policy) {
    return policy
        .preset()
        .with(
            d -> {
              d.window = RECENT;
              d.slack = SLACK;
            });
  }

  @TempDir Path folder;

  /** Those that a model has room for: some repeat the prompt. */
  private static List<Policies> policies(Model model) {
    return Arrays.stream(Policies.values())
        .filter(p -> model.config().context() >= 512 || !repeats(p))
        .toList();
  }

  private static boolean repeats(Policies p) {
    Set<PromptScore> asks = p.with(p.preset()).asks();
    return asks.contains(PromptScore.REPEAT) || asks.contains(PromptScore.REPEAT_PLUS);
  }

  static Stream<String> names() throws IOException {
    return FamilyModels.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void budgetsHoldAndEveryTokenIsInOneState(String name) throws IOException {
    int[] ids = TestFiles.ints(FamilyModels.expected().get("ids"));
    try (Model model = ModelLoader.open(FamilyModels.path(name, folder));
        Device device = Devices.open("cpu");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Prompt prompt = pass.prompt(ids, null, Progress.NONE);
      PromptScoring scoring = new PromptScoring(model, pass);
      for (Policies policy : policies(model)) {
        scoring.ask(prompt, policy.with(options(policy)).asks(), Progress.NONE);
        Cache cache = prompt.cache(RECENT);
        Cache replayed = prompt.cache(RECENT);
        CacheFrame frame = CacheFrame.whole(pass.config().allKvHeads(), ids.length);
        CompressionPlan plan = cache.compressNow(policy, options(policy), BUDGET);
        for (int step = 0; step < 24; step++) {
          if (plan != null) {
            replayed.apply(plan);
            frame = frame.apply(plan);
          }
          holds(policy, cache, frame, prompt, plan);
          pass.step(cache, ids[step], null);
          pass.step(replayed, ids[step], null);
          frame = frame.advance();
          plan = cache.compressDue(policy, options(policy), BUDGET);
        }
        for (int i = 0; plan == null && i < pass.config().allKvHeads(); i++) {
          int l = i / pass.config().kvHeads();
          int g = i % pass.config().kvHeads();
          assertArrayEquals(cache.memory().keys(l, g), replayed.memory().keys(l, g));
          assertArrayEquals(cache.memory().values(l, g), replayed.memory().values(l, g));
        }
      }
    }
  }

  private static void holds(
      Policies policy, Cache cache, CacheFrame frame, Prompt prompt, CompressionPlan plan) {
    CachePolicy p = policy.with(options(policy));
    int layers = prompt.config().layers();
    int kvHeads = prompt.config().kvHeads();
    for (int l = 0; l < layers; l++) {
      int window = prompt.shapes().get(l).window();
      int reached = prompt.shapes().get(l).firstReached(cache.seen());
      int budget = p.layerBudget(BUDGET, l, layers);
      if (p.compresses() && window == 0 && !p.sharesLayers()) {
        int grown =
            p.slack(SLACK) == CachePolicy.NEVER ? cache.seen() - prompt.tokens() : p.slack(SLACK);
        int most = kvHeads * (budget + grown);
        assertTrue(cache.slots(l) <= most, policy + ": " + cache.slots(l) + " slots");
      }
      for (int g = 0; g < kvHeads; g++) {
        HeadSlots slots = frame.head(l * kvHeads + g);
        assertEquals(cache.memory().slots(l, g), slots.slots());
        int[] counts = slots.count(cache.seen(), reached);
        assertEquals(cache.seen(), Arrays.stream(counts).sum());
        // A head that is sure of nothing may be left with nothing.
        if (plan != null && slots.slots() > 0) {
          assertTrue(slots.position()[0] >= reached, "what is not reached has gone");
        }
        if (window > 0 && budget >= window) {
          // The next query sees itself, too.
          assertEquals(window - 1, counts[TokenState.KEPT.ordinal()], policy + " in a window");
          assertEquals(reached, counts[TokenState.OUT_OF_REACH.ordinal()]);
        }
      }
    }
  }

  /** The budget that holds a window leaves it whole. */
  @ParameterizedTest
  @ValueSource(strings = {"mistral", "qwen2-window", "gemma2", "gemma3", "phi3"})
  void aWindowThatTheBudgetHoldsIsLeftWhole(String name) throws IOException {
    int[] ids = TestFiles.ints(FamilyModels.expected().get("ids"));
    try (Model model = ModelLoader.open(FamilyModels.path(name, folder));
        Device device = Devices.open("cpu");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Prompt prompt = pass.prompt(ids, null, Progress.NONE);
      Cache cache = prompt.cache(RECENT);
      CompressionPlan plan = cache.plan(Policies.EMS, options(Policies.EMS), 20);
      int local = 0;
      for (int l = 0; l < pass.config().layers(); l++) {
        boolean windowed = prompt.shapes().get(l).window() > 0;
        for (int g = 0; g < pass.config().kvHeads(); g++) {
          HeadPlan h = plan.heads().get(l * pass.config().kvHeads() + g);
          // The next query sees itself and 15 before it.
          assertEquals(windowed ? 15 : 20, h.kept().length, "layer " + l);
          assertEquals(0, windowed ? h.mergedCount() : 0);
          local += windowed ? 1 : 0;
        }
      }
      assertTrue(local > 0, "there is a window");
    }
  }

  /** What no query reaches can go without a difference. */
  @ParameterizedTest
  @ValueSource(strings = {"mistral", "qwen2-window", "gemma2", "gemma3", "phi3"})
  void droppingWhatIsOutOfReachChangesNothing(String name) throws IOException {
    int[] ids = TestFiles.ints(FamilyModels.expected().get("ids"));
    Path path = FamilyModels.path(name, folder);
    for (DeviceProvider.Found found : Devices.find()) {
      if (!found.usable()) {
        continue;
      }
      try (Model model = ModelLoader.open(path);
          Device device = found.opener().open();
          ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
        Prompt prompt = pass.prompt(ids, null, Progress.NONE);
        Cache whole = prompt.cache(RECENT);
        Cache less = prompt.cache(RECENT);
        less.apply(new CompressionPlan("ems", 99, MergeKeys.CENTRE, keepWhatIsReached(less)));
        assertTrue(less.slots() < whole.slots());
        for (int i = 0; i < 6; i++) {
          float[] expected = pass.step(whole, ids[i], null);
          assertArrayEquals(expected, pass.step(less, ids[i], null), 1e-5f, found.id());
        }
      }
    }
  }

  private static List<HeadPlan> keepWhatIsReached(Cache cache) {
    List<HeadPlan> plans = new ArrayList<>();
    for (LayerState s : cache.states()) {
      IntStream.range(0, s.heads().size())
          .forEach(g -> plans.add(HeadPlan.keepAll(s.heads().get(g)).after(s.skipped()[g])));
    }
    return plans;
  }

  /** Plans are the same wherever they are made. */
  @ParameterizedTest
  @MethodSource("names")
  void policiesDecideAsOnPlain(String name) throws IOException {
    int[] ids = TestFiles.ints(FamilyModels.expected().get("ids"));
    Path path = FamilyModels.path(name, folder);
    List<String> expected = null;
    for (DeviceProvider.Found found :
        Stream.concat(
                Devices.find().stream().filter(f -> f.id().equals("plain")),
                Devices.find().stream().filter(f -> !f.id().equals("plain")))
            .filter(DeviceProvider.Found::usable)
            .toList()) {
      try (Model model = ModelLoader.open(path);
          Device device = found.opener().open();
          ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
        Prompt prompt = pass.prompt(ids, null, Progress.NONE);
        PromptScoring scoring = new PromptScoring(model, pass);
        for (Policies p : policies(model)) {
          scoring.ask(prompt, p.with(options(p)).asks(), Progress.NONE);
        }
        Cache cache = prompt.cache(RECENT);
        List<String> plans = new ArrayList<>();
        for (Policies p : policies(model)) {
          if (p != Policies.FULL) {
            for (HeadPlan h : cache.plan(p, options(p), BUDGET).heads()) {
              plans.add(p.id() + Arrays.toString(h.kept()) + Arrays.toString(h.target()));
            }
          }
        }
        expected = expected == null ? plans : expected;
        assertEquals(expected, plans, found.id());
      }
    }
  }
}
