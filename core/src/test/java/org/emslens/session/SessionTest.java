package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.emslens.TestFiles;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CachePolicy;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadSlots;
import org.emslens.cache.Policies;
import org.emslens.cache.Precision;
import org.emslens.cache.PromptScore;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.RepetitionMap;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
  private static final String PROMPT =
      "The keeper lit the lamp and counted the boats. Two boats came home before the storm; the third one came at dawn.";
  private static final int SLACK = 5;

  private static Model model;
  private static Device device;
  private static ForwardPass pass;

  /** Prompts that the device was given, to show that none is run twice. */
  private static int prompts;

  @BeforeAll
  static void open() throws IOException {
    model = ModelLoader.open(TestFiles.path("tiny/plain"));
    Device real = Devices.open("cpu");
    device =
        (Device)
            Proxy.newProxyInstance(
                SessionTest.class.getClassLoader(),
                new Class<?>[] {Device.class},
                (proxy, method, arguments) -> {
                  prompts += method.getName().equals("prompt") ? 1 : 0;
                  return method.invoke(real, arguments);
                });
    pass = new ForwardPass(model, device, Progress.NONE);
  }

  @AfterAll
  static void close() throws IOException {
    pass.close();
    device.close();
    model.close();
  }

  private static CacheChoice choice(Policies policy, int budget) {
    CacheOptions o =
        policy
            .preset()
            .with(
                d -> {
                  d.window = 6;
                  d.slack = SLACK;
                });
    return new CacheChoice(policy, o, Budget.slots(budget));
  }

  /** Sampled, so that a random model says different things. */
  private static Session start(CacheChoice choice) {
    return Session.start(
        model,
        pass,
        PROMPT,
        choice,
        new Sampling(1, 0.9, 0, 3),
        Session.Detail.COMPARED,
        Progress.NONE);
  }

  private static void steps(Session s, int n) {
    for (int i = 0; i < n && s.canStep(); i++) {
      s.step();
    }
  }

  @ParameterizedTest
  @EnumSource(Policies.class)
  void budgetsHoldAtEveryStepAndEveryTokenIsInOneState(Policies policy) {
    Session s = start(choice(policy, 14));
    steps(s, 30);
    Run run = s.run();
    int heads = run.config().allKvHeads();
    int compressions = 0;
    for (Step step : run.steps()) {
      compressions += step.plan() == null ? 0 : 1;
      if (policy != Policies.FULL) {
        layersHoldTheirBudgets(run, step);
      }
      for (int i = 0; i < heads; i++) {
        HeadSlots slots = step.after().head(i);
        int[] members = slots.members().clone();
        Arrays.sort(members);
        assertArrayEquals(IntStream.of(members).distinct().toArray(), members);
        assertEquals(
            step.attention().row(i / run.config().kvHeads() * run.config().heads()).length,
            step.before().slots(i / run.config().kvHeads() * run.config().kvHeads()));
      }
    }
    boolean again = choice(policy, 14).policy().with(choice(policy, 14).options()).slack(1) == 1;
    assertTrue(
        policy == Policies.FULL ? compressions == 0 : again ? compressions > 3 : compressions == 1);
    float sum = 0;
    for (float p : run.last().attention(0)) {
      sum += p;
    }
    assertEquals(1, sum, 2e-3);
  }

  /** On average over the layer's heads, which may share its budget unevenly. */
  private static void layersHoldTheirBudgets(Run run, Step step) {
    CacheChoice choice = run.choice();
    CachePolicy policy = choice.policy().with(choice.options());
    int kvHeads = run.config().kvHeads();
    int grown = policy.slack(SLACK) == CachePolicy.NEVER ? step.index() : policy.slack(SLACK) - 1;
    if (policy.sharesLayers()) {
      long most = (long) run.config().allKvHeads() * (14 + grown);
      assertTrue(step.after().slots() <= most, choice.policy() + " step " + step.index());
      return;
    }
    for (int l = 0; l < run.config().layers(); l++) {
      int slots = 0;
      for (int g = 0; g < kvHeads; g++) {
        slots += step.after().slots(l * kvHeads + g);
      }
      int most = policy.layerBudget(14, l, run.config().layers()) + grown;
      assertTrue(slots <= kvHeads * most, choice.policy() + " step " + step.index());
    }
  }

  /** What was asked goes into the file; what was not needs the model, and leaves all as it was. */
  @Test
  void whatWasAskedOfAPromptIsRecorded(@TempDir Path folder) throws IOException {
    Session s = start(choice(Policies.KVZIP, 14));
    Path file = folder.resolve("asked.emslens");
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    Run read = Recording.read(file);
    assertArrayEquals(
        s.run().prefill().scores().get(PromptScore.REPEAT),
        read.prefill().scores().get(PromptScore.REPEAT));
    Session opened = Session.of(read);
    opened.choose(choice(Policies.EMS_REPEAT, 14), read.sampling(), Progress.NONE);
    assertTrue(opened.run().last().plan().merged() > 0);
    CacheChoice expected = choice(Policies.EXPECTED_ATTENTION, 14);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> opened.choose(expected, read.sampling(), Progress.NONE));
    assertTrue(e.getMessage().contains("has to be open"), e.getMessage());
    assertEquals(Policies.EMS_REPEAT, opened.run().choice().policy());
    // A cancelled question leaves all as it was, too.
    Session other = start(choice(Policies.EMS, 14));
    assertThrows(
        CancellationException.class,
        () ->
            other.choose(
                choice(Policies.KVZIP, 14),
                Sampling.GREEDY,
                share -> {
                  throw new CancellationException();
                }));
    assertEquals(Policies.EMS, other.run().choice().policy());
  }

  @Test
  void fullPolicyIsTheFullCache() {
    Session s = start(choice(Policies.FULL, 14));
    steps(s, 8);
    for (Step step : s.run().steps()) {
      assertEquals(0, step.divergence());
    }
  }

  @Test
  void anotherChoiceNeverRunsThePromptAgainAndRepeats() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 12);
    List<Step> first = s.run().steps();
    int before = prompts;
    s.choose(choice(Policies.STREAMING_LLM, 20), s.run().sampling(), Progress.NONE);
    steps(s, 12);
    s.choose(choice(Policies.EMS, 14), s.run().sampling(), Progress.NONE);
    steps(s, 12);
    assertEquals(before, prompts);
    assertEqualSteps(first, s.run().steps());
  }

  /** Threads share the work differently each time; the numbers must not notice. */
  @Test
  void theSameRunGivesTheSameBits() {
    CacheChoice choice = choice(Policies.EMS, 30);
    String prompt = PROMPT.repeat(6);
    Sampling sampling = new Sampling(1, 0.9, 0, 5);
    Session first =
        Session.start(
            model, pass, prompt, choice, sampling, Session.Detail.COMPARED, Progress.NONE);
    steps(first, 40);
    for (int i = 0; i < 10; i++) {
      Session again =
          Session.start(
              model, pass, prompt, choice, sampling, Session.Detail.COMPARED, Progress.NONE);
      steps(again, 40);
      for (int l = 0; l < model.config().layers(); l++) {
        assertArrayEquals(
            first.run().prefill().memory().layer(l).received(),
            again.run().prefill().memory().layer(l).received());
      }
      assertEqualSteps(first.run().steps(), again.run().steps());
    }
  }

  @Test
  void goingBackAndOnRepeats() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 40);
    List<Step> first = s.run().steps();
    for (int back : new int[] {21, 9, 0}) {
      s.backTo(back);
      assertEquals(back + 1, s.run().steps().size());
      steps(s, first.size() - 1 - back);
      assertEqualSteps(first, s.run().steps());
    }
  }

  @Test
  void branchingTakesTheGivenToken() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 10);
    int other = s.run().steps().get(4).next().top().get(5).id();
    s.branch(4, other);
    assertEquals(6, s.run().steps().size());
    assertEquals(other, s.run().last().token().id());
  }

  @Test
  void goingBackWorksUnderTheFullPolicyToo() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 3);
    s.choose(choice(Policies.FULL, 14), s.run().sampling(), Progress.NONE);
    steps(s, 8);
    List<Step> first = s.run().steps();
    s.backTo(5);
    steps(s, 3);
    assertEqualSteps(first, s.run().steps());
    s.choose(choice(Policies.EMS, 14), s.run().sampling(), Progress.NONE);
    steps(s, 3);
    assertTrue(s.run().last().divergence() >= 0);
  }

  /** Rounding is repeated wherever a cache is built again, and is counted. */
  @ParameterizedTest
  @EnumSource(names = {"FULL", "EMS"})
  void roundedSlotsAreRoundedAgain(Policies policy, @TempDir Path folder) throws IOException {
    CacheChoice exact = choice(policy, 20);
    CacheChoice rounded =
        exact.withOptions(exact.options().with(d -> d.precision = Precision.INT2));
    Session s = start(rounded);
    // More than a group of new tokens.
    feed(s, 75);
    Run first = s.run();
    assertTrue(first.steps().stream().skip(1).allMatch(x -> x.divergence() > 0));
    for (int back : new int[] {70, 50, 0}) {
      s.backTo(back);
      feed(s, 75);
      assertEqualSteps(first.steps(), s.run().steps());
    }
    Path file = folder.resolve("a.emslens");
    Recording.write(first, Manifest.without("m", "emslens run"), file, Progress.NONE);
    Run read = Recording.read(file);
    assertEquals(rounded, read.choice());
    Session on = Session.resume(read, model, pass, Session.Detail.COMPARED, Progress.NONE);
    feed(s, 78);
    feed(on, 78);
    assertEquals(s.run().last().divergence(), on.run().last().divergence(), 1e-6);
    try (Cache cache = first.prefill().cache(rounded.options())) {
      for (Step step : first.steps()) {
        if (step.index() > 0) {
          pass.step(cache, step.token().id(), null);
        }
        if (step.plan() != null) {
          cache.apply(step.plan());
        }
        assertEquals(cache.packedBytes(), first.bytes(step), "step " + step.index());
      }
    }
    if (policy == Policies.FULL) {
      int heads = first.config().allKvHeads();
      int d = first.config().headDim();
      int whole = first.prompt().size() - 6;
      // 75 tokens later one group more is rounded, the newest 6 and 11 that wait for theirs are
      // not.
      long keys = (whole + 64L) * d / 4 + 8L * d * ((whole + 63) / 64 + 1);
      long values = (whole + 64L) * (d / 4 + 8);
      assertEquals(heads * (keys + values + 17L * 2 * d * 4), first.bytes(first.last()));
      assertTrue(
          CommandText.run(first, null).contains("--policy full --window 6 --precision int2"));
    }
  }

  /** Gives it tokens, the same ones every time, until so many steps are made. */
  private static void feed(Session s, int to) {
    for (int i = s.run().last().index(); i < to; i++) {
      s.feed(20 + i * 7 % 250);
    }
  }

  @Test
  void badChoiceLeavesTheSessionAsItWas() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 3);
    Run before = s.run();
    CacheChoice tooSmall = choice(Policies.EMS, 3);
    String why =
        assertThrows(
                IllegalArgumentException.class,
                () -> s.choose(tooSmall, Sampling.GREEDY, Progress.NONE))
            .getMessage();
    assertTrue(why.contains("budget is 3") && why.contains("at least 7"), why);
    assertEquals(before.choice(), s.run().choice());
    assertEqualSteps(before.steps(), s.run().steps());
  }

  /** Some policies leave heads or layers with different numbers of slots. */
  @ParameterizedTest
  @EnumSource(
      value = Policies.class,
      names = {"FULL"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyPolicysStepsAreRecorded(Policies policy, @TempDir Path folder) throws IOException {
    Session s = start(choice(policy, 14));
    steps(s, 14);
    Path file = folder.resolve("a.emslens");
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    assertEqualSteps(s.run().steps(), Recording.read(file).steps());
    if (policy == Policies.ADA_SNAPKV || policy == Policies.PYRAMIDKV) {
      Step last = s.run().last();
      int heads = s.run().config().allKvHeads();
      assertTrue(IntStream.range(0, heads).map(last.after()::slots).distinct().count() > 1);
    }
  }

  /** A full cache that several sessions share says to each what one of its own would say. */
  @Test
  void sessionsBesideEachOtherShareTheFullCacheUntilTheirTextsPart() {
    Session open = start(choice(Policies.EMS, 14));
    List<CacheChoice> choices =
        List.of(
            choice(Policies.EMS, 40),
            choice(Policies.EMS, 40),
            choice(Policies.STREAMING_LLM, 12),
            choice(Policies.FULL, 14));
    List<Session> together = open.beside(choices, Session.Detail.MEASURED, Progress.NONE);
    for (int i = 0; i < 16; i++) {
      for (Session s : together) {
        s.step();
      }
    }
    for (int c = 0; c < choices.size(); c++) {
      Session alone =
          open.beside(List.of(choices.get(c)), Session.Detail.MEASURED, Progress.NONE).getFirst();
      steps(alone, 16);
      for (int i = 1; i <= 16; i++) {
        Step mine = together.get(c).run().steps().get(i);
        Step its = alone.run().steps().get(i);
        assertEquals(its.token(), mine.token());
        assertEquals(its.divergence(), mine.divergence(), 1e-9);
        assertArrayEquals(its.outputError(), mine.outputError(), 1e-6f);
      }
    }
  }

  /** What is asked once the prompt is compressed is asked again, of others and from a file. */
  @Test
  void whatWasAskedAfterwardsIsAskedAgain(@TempDir Path folder) throws IOException {
    Session open = start(choice(Policies.EMS, 14));
    assertNull(open.run().question());
    List<Step> told = new ArrayList<>();
    open.ask("\n\nWhere is the boat?", "Where is the boat?", told::add);
    steps(open, 3);
    Turn question = open.run().question();
    assertEquals("Where is the boat?", question.words());
    assertEquals("\n\nWhere is the boat?", question.text());
    assertEquals(told.size(), question.tokens().size());
    // What is given is not the model's to say.
    double mean =
        open.run().steps().stream()
            .filter(x -> x.index() >= question.last())
            .mapToDouble(Step::divergence)
            .average()
            .orElseThrow();
    assertEquals(mean, Measures.of(open.run(), question.last() + 3).meanKl(), 1e-12);
    Path file = folder.resolve("asked.emslens");
    Recording.write(open.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    assertEquals(question, Recording.read(file).question());

    List<CacheChoice> choices = List.of(choice(Policies.EMS, 14), choice(Policies.SNAPKV, 12));
    List<Session> others = open.beside(choices, Session.Detail.MEASURED, Progress.NONE);
    Session.ask(others, question, Progress.NONE);
    for (Session s : others) {
      assertEquals(question, s.run().question());
      assertTrue(s.run().isOnTheSame(open.run()));
    }
    for (int i = 0; i <= question.last(); i++) {
      Step mine = others.getFirst().run().steps().get(i);
      assertEquals(open.run().steps().get(i).divergence(), mine.divergence(), 1e-6);
    }
    // A question stands before it is read again, with a model and without.
    for (Session s : List.of(open, Session.of(Recording.read(file)))) {
      s.choose(choice(Policies.SNAPKV, 12), open.run().sampling(), Progress.NONE);
      assertEquals(1, s.run().steps().size());
      assertEquals(question, s.run().question());
      assertEquals(0, s.run().said());
      assertTrue(s.run().isOnTheSame(others.getFirst().run()));
    }
    Session unasked = start(choice(Policies.EMS, 14));
    assertFalse(unasked.run().isOnTheSame(open.run()));
  }

  /** Files of before told turns apart by what is shown of them. */
  @Test
  void turnsOfOlderFilesAreFound(@TempDir Path folder) throws IOException {
    Session s = start(choice(Policies.EMS, 14));
    s.ask("\n\nWho has seen the 🎉?", "Who has seen the 🎉?", x -> {});
    steps(s, 3);
    s.ask("\n\nAnd now?", "And now?", x -> {});
    steps(s, 2);
    Path file = folder.resolve("turns.emslens");
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    assertEquals(s.run().turns(), Recording.read(file).turns());
    try (FileSystem zip = FileSystems.newFileSystem(file)) {
      Path json = zip.getPath("recording.json");
      ObjectNode all = (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(json));
      all.put("version", 5).remove("turns");
      Files.write(json, Json.MAPPER.writeValueAsBytes(all));
    }
    List<Turn> found = Recording.read(file).turns();
    assertEquals(2, found.size());
    for (int i = 0; i < 2; i++) {
      assertEquals(s.run().turns().get(i).first(), found.get(i).first());
      assertEquals(s.run().turns().get(i).tokens(), found.get(i).tokens());
      assertEquals(s.run().turns().get(i).words(), found.get(i).words());
    }
  }

  /** Another question about a text is answered as if the text had been read for it. */
  @Test
  void anotherQuestionIsAskedOfTheSameReading() {
    Session first = start(choice(Policies.EMS, 14));
    first.ask("\n\nWhere is the boat?", "Where is the boat?", s -> {});
    steps(first, 3);
    CacheChoice other = choice(Policies.SNAPKV, 12);
    Session again =
        first.again(other, first.run().sampling(), Session.Detail.COMPARED, Progress.NONE);
    Session fresh = start(other);
    assertSame(first.run().prefill(), again.run().prefill());
    for (Session s : List.of(again, fresh)) {
      s.ask("\n\nWho has seen it?", "Who has seen it?", x -> {});
      steps(s, 5);
    }
    assertEqualSteps(fresh.run().steps(), again.run().steps());
    assertEquals("Where is the boat?", first.run().question().words());
  }

  @Test
  void aRecordingGoesOnAsIfItHadNeverBeenClosed(@TempDir Path folder) throws IOException {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 9);
    Path file = folder.resolve("a.emslens");
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    Session on =
        Session.resume(Recording.read(file), model, pass, Session.Detail.COMPARED, Progress.NONE);
    assertEqualSteps(s.run().steps(), on.run().steps());
    steps(s, 12);
    steps(on, 12);
    for (int i = 10; i <= 21; i++) {
      Step before = s.run().steps().get(i);
      Step after = on.run().steps().get(i);
      assertEquals(before.token(), after.token());
      assertEquals(before.divergence(), after.divergence(), 1e-6);
      assertEquals(before.after().slots(), after.after().slots());
    }
  }

  @Test
  void stepsOfAnotherPromptAreNotTakenUp() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 4);
    Run left = s.run();
    s.branch(1, left.steps().get(1).next().top().get(3).id());
    s.restore(left, Progress.NONE);
    assertEqualSteps(left.steps(), s.run().steps());
    Session other =
        Session.start(
            model,
            pass,
            "Another prompt, which is as long as it has to be for this.",
            choice(Policies.EMS, 14),
            Sampling.GREEDY,
            Session.Detail.STEPS,
            Progress.NONE);
    Run before = other.run();
    assertThrows(IllegalStateException.class, () -> other.restore(left, Progress.NONE));
    // As other weights would say it of the same prompt.
    Run elsewhere =
        new Run(
            left.model(),
            left.promptText(),
            left.prompt(),
            left.prefill(),
            left.choice(),
            left.sampling(),
            left.steps().subList(3, 4),
            List.of(),
            false,
            true);
    assertFalse(s.canRestore(elsewhere));
    assertTrue(s.canRestore(left));
    assertEqualSteps(before.steps(), other.run().steps());
  }

  @Test
  void measuresAddUp() {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 12);
    Run run = s.run();
    double sum = 0;
    double left = 1;
    for (Step step : run.steps()) {
      Measures m = Measures.of(run, step.index());
      assertEquals(m, Measures.all(run).get(step.index()));
      sum += step.index() == 0 ? 0 : step.divergence();
      assertEquals(step.divergence(), m.kl());
      if (step.index() > 0) {
        assertEquals(sum / step.index(), m.meanKl(), 1e-12);
        assertTrue(m.outputError() > 0 && m.meanOutputError() > 0);
      }
      assertEquals(1, m.keptMass() + m.mergedMass() + m.evictedMass(), 1e-5);
      assertEquals(step.after().slots(), m.slots());
      assertTrue(m.leftMass() <= left + 1e-12);
      left = m.leftMass();
    }
    assertTrue(left < 1);
    s.choose(choice(Policies.FULL, 14), run.sampling(), Progress.NONE);
    steps(s, 3);
    Measures full = Measures.of(s.run(), 3);
    assertEquals(0, full.meanOutputError());
    assertEquals(1, full.agreement());
    assertEquals(1, full.retained());
  }

  @Test
  void aTextIsTheSameWithLessDetail() {
    Session much = start(choice(Policies.EMS, 14));
    steps(much, 20);
    Session little =
        Session.start(
            model,
            pass,
            PROMPT,
            choice(Policies.EMS, 14),
            new Sampling(1, 0.9, 0, 3),
            Session.Detail.TEXT,
            Progress.NONE);
    steps(little, 20);
    assertEquals(much.run().generated(20), little.run().generated(20));
    assertEquals(0, little.run().last().attention().heads());
    assertTrue(Double.isNaN(little.run().last().divergence()));
  }

  @Test
  void aRecordingShowsEqualStepsAndPlansAgainWithoutTheModel(@TempDir Path folder)
      throws IOException {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 20);
    Run run = s.run();
    Path file = folder.resolve("a.emslens");
    Recording.write(run, Manifest.without("m", "emslens run"), file, Progress.NONE);
    Run read = Recording.read(file);
    assertEquals(run.config().layers(), read.config().layers());
    assertEquals(run.prompt(), read.prompt());
    assertEquals(run.choice(), read.choice());
    assertEqualSteps(run.steps(), read.steps());
    assertEquals(run.generated(20), read.generated(20));

    Session opened = Session.of(read);
    assertTrue(!opened.canStep());
    opened.choose(choice(Policies.EMS, 20), read.sampling(), Progress.NONE);
    Step again = opened.run().last();
    assertEquals(0, again.index());
    assertNotNull(again.plan());
    assertEquals(20, again.after().slots(0));
    s.choose(choice(Policies.EMS, 20), run.sampling(), Progress.NONE);
    int same = 0;
    int all = 0;
    for (int i = 0; i < again.plan().heads().size(); i++) {
      int[] a = again.plan().heads().get(i).kept();
      int[] b = s.run().steps().getFirst().plan().heads().get(i).kept();
      all += a.length;
      same += (int) IntStream.of(a).filter(x -> Arrays.binarySearch(b, x) >= 0).count();
    }
    assertTrue(same > 0.97 * all, same + " of " + all);
    opened.choose(read.choice(), read.sampling(), Progress.NONE);
    assertEqualSteps(run.steps(), opened.run().steps());
  }

  /** Whichever device has read the prompt, and however many rows of attention it has kept. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "plain"})
  void aWideWindowIsRecorded(String id, @TempDir Path folder) throws IOException {
    CacheChoice wide = choice(Policies.EMS, 40);
    wide = new CacheChoice(wide.policy(), wide.options().with(d -> d.window = 32), wide.budget());
    Path file = folder.resolve("a.emslens");
    try (Device other = Devices.open(id);
        ForwardPass own = new ForwardPass(model, other, Progress.NONE)) {
      Session s =
          Session.start(
              model, own, PROMPT, wide, Sampling.GREEDY, Session.Detail.STEPS, Progress.NONE);
      s.step();
      Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
      Run read = Recording.read(file);
      assertEqualSteps(s.run().steps(), read.steps());
      Session opened = Session.of(read);
      opened.choose(choice(Policies.EMS, 20), read.sampling(), Progress.NONE);
      assertEquals(20, opened.run().last().after().slots(0));
    }
  }

  /** What is null where something belongs is refused, not met later. */
  @ParameterizedTest
  @ValueSource(strings = {"model", "promptText", "budget", "sampling", "options", "turns", "steps"})
  void recordingsWithoutAPartAreRefused(String part, @TempDir Path folder) throws IOException {
    Session s = start(choice(Policies.EMS, 14));
    Path file = folder.resolve("a.emslens");
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    try (FileSystem zip = FileSystems.newFileSystem(file)) {
      Path json = zip.getPath("recording.json");
      ObjectNode all = (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(json));
      all.putNull(part);
      Files.write(json, Json.MAPPER.writeValueAsBytes(all));
    }
    String why = assertThrows(BadFileException.class, () -> Recording.read(file)).getMessage();
    assertTrue(why.contains("'" + part + "'"), why);
  }

  /** With its model or without, and after it went on. */
  @Test
  void aRecordingKeepsThePromptsRepetition(@TempDir Path folder) throws IOException {
    Session s = start(choice(Policies.EMS, 14));
    steps(s, 2);
    Path file = folder.resolve("a.emslens");
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    Session without = Session.of(Recording.read(file));
    assertThrows(IllegalStateException.class, () -> without.repeat(Progress.NONE));
    RepetitionMap made = s.repeat(Progress.NONE);
    assertSame(made, s.repeat(Progress.NONE));
    Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    Run read = Recording.read(file);
    assertSameMaps(made, Session.of(read).repeat(Progress.NONE), s.run());
    Session resumed = Session.resume(read, model, pass, Session.Detail.STEPS, Progress.NONE);
    resumed.step();
    Recording.write(resumed.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    assertSameMaps(made, Session.of(Recording.read(file)).repeat(Progress.NONE), s.run());
  }

  /** Whether a policy has asked for it or somebody wants to look. */
  @Test
  void aPromptIsRepeatedOnce(@TempDir Path folder) throws IOException {
    CacheChoice repeating = choice(Policies.EMS_REPEAT, 14);
    Session s = start(choice(Policies.EMS, 14));
    assertFalse(s.knows(repeating));
    s.repeat(Progress.NONE);
    assertTrue(s.knows(repeating));
    Session other = start(repeating);
    RepetitionMap known = other.run().prefill().scores().repetition();
    assertSame(known, other.repeat(Progress.NONE));
    assertSameMaps(s.repeat(Progress.NONE), known, s.run());
    Path file = folder.resolve("a.emslens");
    Recording.write(other.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    assertSameMaps(known, Session.of(Recording.read(file)).repeat(Progress.NONE), s.run());
    Session blind =
        Session.start(
            model, pass, PROMPT, repeating, Sampling.GREEDY, Session.Detail.TEXT, Progress.NONE);
    assertNull(blind.run().prefill().scores().repetition());
  }

  private static void assertSameMaps(RepetitionMap expected, RepetitionMap found, Run run) {
    int n = run.prompt().size();
    int[] each = IntStream.rangeClosed(0, n).toArray();
    for (int l = 0; l < run.config().layers(); l++) {
      for (int h = 0; h < run.config().heads(); h++) {
        float[] a = expected.map(l, h, each, each, () -> false);
        assertTrue(IntStream.range(0, a.length).anyMatch(i -> a[i] > 0.01f));
        assertArrayEquals(a, found.map(l, h, each, each, () -> false), 2e-3f);
      }
    }
    for (int i = 0; i < n; i++) {
      assertEquals(expected.position(i), found.position(i));
    }
  }

  private static void assertEqualSteps(List<Step> expected, List<Step> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      Step a = expected.get(i);
      Step b = found.get(i);
      assertEquals(a.token(), b.token());
      assertEquals(a.text(), b.text());
      assertEquals(a.next(), b.next());
      assertEquals(a.fullNext(), b.fullNext());
      assertEquals(a.divergence(), b.divergence());
      for (int h = 0; h < a.attention().heads(); h++) {
        assertArrayEquals(a.attention().row(h), b.attention().row(h));
      }
      assertArrayEquals(a.outputError(), b.outputError());
      for (int h = 0; h < a.after().compressed().size(); h++) {
        assertArrayEquals(a.after().head(h).position(), b.after().head(h).position());
        assertArrayEquals(a.after().head(h).members(), b.after().head(h).members());
        assertArrayEquals(a.after().head(h).bias(), b.after().head(h).bias());
      }
      if (a.plan() == null) {
        assertNull(b.plan());
      } else {
        for (int h = 0; h < a.plan().heads().size(); h++) {
          HeadPlan p = a.plan().heads().get(h);
          HeadPlan q = b.plan().heads().get(h);
          assertArrayEquals(p.target(), q.target());
          assertArrayEquals(p.weight(), q.weight());
          assertArrayEquals(p.scores().score(), q.scores().score());
          assertEquals(p.readout(), q.readout());
        }
      }
    }
  }
}
