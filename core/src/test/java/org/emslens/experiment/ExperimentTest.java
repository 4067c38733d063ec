package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.emslens.TestFiles;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.chart.BudgetChart;
import org.emslens.chart.NeedleChart;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.experiment.Summary.Measure;
import org.emslens.format.BadFileException;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Budget;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Experiments on a tiny model: what is run, what is kept, and what is read off it. */
class ExperimentTest {
  private static final String MODEL = TestFiles.path("tiny/plain").toString();

  @TempDir Path folder;

  /** Counts, and stops after so many outcomes. */
  private static final class Watch implements Experiment.Listener {
    private final List<Outcome> seen = Collections.synchronizedList(new ArrayList<>());
    private final int most;

    Watch(int most) {
      this.most = most;
    }

    @Override
    public void working(String what, double share) {
      assertTrue(share >= 0 && share <= 1, what + " " + share);
    }

    @Override
    public void done(Outcome o) {
      seen.add(o);
      if (seen.size() == most) {
        throw new CancellationException("Enough.");
      }
    }
  }

  private static List<Trial> trials() {
    return new Grid(
            List.of(MODEL),
            List.of(new Task.ProseTask(40, 12), new Task.NeedleTask(40, 0.5, false)),
            List.of(
                new Contender(Policies.FULL, Map.of()),
                new Contender(Policies.SNAPKV, Map.of()),
                new Contender(Policies.EMS, Map.of())),
            List.of(Map.of()),
            List.of(Budget.slots(20), Budget.slots(30)),
            List.of(1L, 2L),
            false)
        .trials();
  }

  private static void run(ResultStore store, int jobs, Watch watch) throws IOException {
    new Campaign(
            store,
            name -> LoadedModel.load(ModelLoader.open(Path.of(name)), null, Progress.NONE),
            watch,
            Progress.NONE)
        .run(trials(), jobs);
  }

  /**
   * Every policy keeps a window where the rest is rounded, and none else that has no such switch.
   */
  @Test
  void windowsMatterWhereTheRestIsRounded() {
    List<Map<Switch, String>> variants =
        Grid.variants(List.of("window=8,16", "precision=float32,int4"));
    Grid grid =
        new Grid(
            List.of("m"),
            List.of(new Task.ProseTask(40, 8)),
            List.of(
                new Contender(Policies.FULL, Map.of()), new Contender(Policies.KEYDIFF, Map.of())),
            variants,
            List.of(Budget.slots(20)),
            List.of(1L),
            true);
    assertEquals(
        List.of(
            "precision=float32",
            "precision=int4 window=8",
            "precision=int4 window=16",
            "precision=float32",
            "precision=int4 window=8",
            "precision=int4 window=16"),
        grid.trials().stream().map(t -> sorted(t.contender().switchText())).toList());
  }

  private static String sorted(String switches) {
    return Arrays.stream(switches.split(" ")).sorted().collect(Collectors.joining(" "));
  }

  /** Both places of a question measure the same answer. */
  @Test
  void somethingIsAskedOfATextAtHand() throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      String text = "The keeper lit the lamp and counted the boats.";
      Task inside = new Task.AskedTask("text", text, "\n\nWho?", "Who?", " The keeper.", true);
      Task after = new Task.AskedTask("text", text, "\n\nWho?", "Who?", " The keeper.", false);
      Task.Tokens a = inside.tokens(model, 0);
      Task.Tokens b = after.tokens(model, 0);
      int[] answer = Tokenizer.ids(model.tokenizer().encode(" The keeper."));
      assertArrayEquals(answer, a.continuation());
      assertEquals(0, a.first());
      assertArrayEquals(
          answer, Arrays.copyOfRange(b.continuation(), b.first(), b.continuation().length));
      assertArrayEquals(Tokenizer.ids(model.tokenizer().encodePrompt(text)), b.prompt());
      assertEquals(a.prompt().length, b.prompt().length + b.first());
      assertNotEquals(inside.identity(), after.identity());
      assertNotEquals(
          after.identity(),
          new Task.AskedTask("text", text, "\n\nWho?", "Who?", " Nobody.", false).identity());
    }
  }

  /** The same from a file, in both places. */
  @Test
  void somethingIsAskedOfAFile(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("page.txt"), "The keeper lit the lamp.\n");
    Path yaml = folder.resolve("asked.yaml");
    Files.writeString(
        yaml,
        """
        prompts:
          - {file: page.txt, ask: "Who?", answer: " The keeper.", question: [inside, after]}
        policies: [ems]
        budgets: [20]
        """);
    assertEquals(
        List.of(
            new Task.AskedTask(
                "page.txt", "The keeper lit the lamp.", "\n\nWho?", "Who?", " The keeper.", true),
            new Task.AskedTask(
                "page.txt", "The keeper lit the lamp.", "\n\nWho?", "Who?", " The keeper.", false)),
        GridFile.read(yaml, MODEL).trials().stream().map(Trial::task).toList());
  }

  /** What is set and cannot change anything is a mistake. */
  @Test
  void switchesThatChangeNothingAreRefused() {
    for (String[] wrong :
        new String[][] {
          {"tova", "share=all", "TOVA has no switch share; expected one of merge, precision."},
          {"snapkv", "floor=0.5", "floor changes nothing of SnapKV while share is even."},
          {
            "ems-repeat",
            "mass=0.5",
            "mass changes nothing of EMS, repeating while adaptive is false."
          },
          {"kvzip", "kernel=3", "KVzip has no switch kernel"},
          {"h2o", "count-correction=false", "count-correction changes nothing of H2O while merge"}
        }) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> Contender.of(Policies.byId(wrong[0]), List.of(wrong[1])));
      assertTrue(e.getMessage().startsWith(wrong[2]), e.getMessage());
    }
    Contender.of(Policies.SNAPKV, List.of("floor=0.5", "share=layer"));
    Contender.of(Policies.EMS, List.of("count-correction=false", "merge=none"));
    Contender.of(Policies.H2O, List.of("count-correction=false", "merge=ems"));
    Grid nothing =
        new Grid(
            List.of(MODEL),
            List.of(new Task.ProseTask(40, 12)),
            List.of(new Contender(Policies.KVZIP, Map.of())),
            Grid.variants(List.of("alpha=0.2,0.8")),
            List.of(Budget.slots(20)),
            List.of(1L),
            false);
    assertEquals(
        "switch alpha changes nothing of any of these policies.",
        assertThrows(IllegalArgumentException.class, nothing::trials).getMessage());
    Contender.of(Policies.EMS_REPEAT, List.of("mass=0.5", "adaptive=true"));
    IllegalArgumentException twice =
        assertThrows(
            IllegalArgumentException.class, () -> Grid.variants(List.of("alpha=0.1", "alpha=0.2")));
    assertEquals(
        "switch alpha is given twice; expected one list, such as alpha=0.2,0.4.",
        twice.getMessage());
  }

  /** What a policy does not have would only run the same again under another name. */
  @Test
  void switchesAreTriedWithPoliciesThatHaveThem() {
    List<String> labels =
        new Grid(
                List.of(MODEL),
                List.of(new Task.ProseTask(40, 12)),
                List.of(
                    new Contender(Policies.STREAMING_LLM, Map.of()),
                    new Contender(Policies.EMS, Map.of())),
                Grid.variants(List.of("alpha=0.2,0.8")),
                List.of(Budget.slots(20)),
                List.of(1L),
                false)
            .trials().stream().map(t -> t.contender().label()).toList();
    assertEquals(List.of("StreamingLLM", "EMS, alpha=0.2", "EMS, alpha=0.8"), labels);
  }

  @Test
  void killedGoesOnWhereItWas() throws IOException {
    assertEquals(20, trials().size(), "full runs once per prompt, the others at two budgets");
    Watch first = new Watch(7);
    try (ResultStore store = ResultStore.open(folder)) {
      assertThrows(CancellationException.class, () -> run(store, 1, first));
    }
    Path lines = folder.resolve("results.jsonl");
    assertEquals(7, Files.readAllLines(lines).size());
    Files.writeString(lines, "{\"key\":\"cut o", StandardOpenOption.APPEND);
    Watch second = new Watch(-1);
    List<Outcome> all;
    try (ResultStore store = ResultStore.open(folder)) {
      run(store, 1, second);
      all = List.copyOf(store.all());
    }
    assertEquals(13, second.seen.size());
    assertEquals(20, Files.readAllLines(lines).size());
    assertEquals(21, Files.readAllLines(folder.resolve("results.csv")).size(), "with its header");
    assertEquals(
        trials().stream().map(Trial::key).sorted().toList(),
        all.stream().map(Outcome::key).sorted().toList());
    for (Outcome o : all) {
      Drift d = o.drift();
      assertEquals(Math.exp(d.nll()), d.perplexity(), 1e-9);
      assertEquals(1, d.keptMass() + d.mergedMass() + d.evictedMass(), 1e-5);
      if (o.policy().equals("full")) {
        assertEquals(0, d.kl());
        assertEquals(0, d.outputError(), 1e-7);
        assertEquals(1, d.retained());
      } else {
        assertTrue(d.kl() > 0 && d.outputError() > 0 && d.retained() < 1, o.key());
        assertTrue(o.asks() || d.compressions() == 1);
      }
    }
  }

  @Test
  void jobsChangeNothing() throws IOException {
    Watch alone = new Watch(-1);
    try (ResultStore store = ResultStore.open(folder.resolve("one"))) {
      run(store, 1, alone);
    }
    Watch together = new Watch(-1);
    try (ResultStore store = ResultStore.open(folder.resolve("three"))) {
      run(store, 3, together);
    }
    assertEquals(measures(alone.seen), measures(together.seen));
  }

  private static Map<String, Drift> measures(List<Outcome> outcomes) {
    Map<String, Drift> by = new TreeMap<>();
    outcomes.forEach(o -> by.put(o.key(), o.drift()));
    return by;
  }

  @Test
  void chartsAreDrawn() throws IOException {
    Watch watch = new Watch(-1);
    try (ResultStore store = ResultStore.open(folder)) {
      run(store, 2, watch);
    }
    List<Outcome> outcomes =
        watch.seen.stream().sorted(Comparator.comparing(Outcome::key)).toList();
    for (Measure m : Measure.values()) {
      BudgetChart.of(outcomes, m).write(folder, "chart");
      picture(folder.resolve("chart.png"));
    }
    assertTrue(Files.readString(folder.resolve("chart.svg")).contains("<svg"));
    NeedleChart.of(outcomes).write(folder, "needle");
    picture(folder.resolve("needle.png"));
    assertEquals(5, NeedleGrid.of(outcomes).size());
    NeedleGrid.Cell cell = NeedleGrid.of(outcomes).getFirst().cell(40, 0.5);
    assertEquals(2, cell.accuracy().n());
    var lines = BudgetChart.lines(outcomes, Measure.KL, false);
    assertEquals(3, lines.size());
    var apart = BudgetChart.lines(outcomes, Measure.KL, true);
    assertEquals(
        outcomes.stream()
            .filter(o -> o.error() == null)
            .map(o -> o.label() + o.task())
            .distinct()
            .count(),
        apart.size(),
        "each kind of prompt by itself");
    assertEquals(20, lines.get("EMS").getFirst().slots(), 1e-9);
    assertEquals(30, lines.get("EMS").getLast().slots(), 1e-9);
  }

  /** Something is on it, in more than two colours. */
  private static void picture(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    assertTrue(Arrays.stream(pixels).distinct().count() > 10, file.toString());
  }

  @Test
  void sharesComeWithWilsonIntervals() {
    // Worked by hand for 8 of 10: centre 0.716743, half width 0.226681.
    Summary.Estimate e = Summary.share(new double[] {1, 1, 1, 1, 1, 1, 1, 1, 0, 0});
    assertEquals(0.8, e.mean(), 1e-12);
    assertEquals(0.4902, e.low(), 1e-3);
    assertEquals(0.9433, e.high(), 1e-3);
  }

  @Test
  void proseRepeatsBySeedAndNeedlesStandWhereTheyShould() {
    Prose.Needle early = new Prose(3).needle(400, 0, s -> s.split(" ").length, Progress.NONE);
    Prose.Needle late = new Prose(3).needle(400, 1, s -> s.split(" ").length, Progress.NONE);
    assertEquals(early, new Prose(3).needle(400, 0, s -> s.split(" ").length, Progress.NONE));
    assertNotEquals(
        early.text(), new Prose(4).needle(400, 0, s -> s.split(" ").length, Progress.NONE).text());
    String fact = early.question().substring(early.question().indexOf("The ")) + early.answer();
    assertTrue(early.text().startsWith(fact + "."), early.text().substring(0, 80));
    assertTrue(late.text().endsWith(fact + "."));
    assertEquals(400, early.text().split(" ").length, 40);
  }

  @Test
  void textsThatDoNotFitAreRefusedBeforeTheyAreGenerated() throws IOException {
    try (Model model = ModelLoader.open(Path.of(MODEL))) {
      for (Task t :
          List.of(
              new Task.ProseTask(Integer.MAX_VALUE, Integer.MAX_VALUE),
              new Task.NeedleTask(9_999_999, 0.5, true))) {
        IllegalArgumentException e =
            assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThrows(IllegalArgumentException.class, () -> t.tokens(model, 1)));
        assertTrue(e.getMessage().contains("the context holds "), e.getMessage());
      }
    }
  }

  /** Files of one name, two answers to one file, a text that was changed, another preset. */
  @Test
  void resultsAreTakenOverForTheSameTextAndOptionsOnly(@TempDir Path folder) throws IOException {
    Path one = Files.createDirectory(folder.resolve("one")).resolve("text.txt");
    Path two = Files.createDirectory(folder.resolve("two")).resolve("text.txt");
    Files.writeString(one, "The boats came home.");
    Files.writeString(two, "The lamp was lit.");
    Task first = new FileTask(one, false, 0, "yes");
    List<Task> tasks =
        List.of(first, new FileTask(two, false, 0, "yes"), new FileTask(one, false, 0, "no"));
    Grid grid =
        new Grid(
            List.of("m"),
            tasks,
            List.of(Contender.of(Policies.EMS, List.of())),
            List.of(Map.of()),
            List.of(Budget.slots(32)),
            List.of(1L),
            true);
    assertEquals(3, grid.trials().size());
    assertEquals(3, Experiment.groups(grid.trials()).size());
    Trial trial = grid.trials().getFirst();
    String key = trial.key();
    assertEquals(key, grid.trials().getFirst().key());
    Contender other = Contender.of(Policies.EMS, List.of("alpha=0.41"));
    assertNotEquals(key, new Trial("m", first, 0, other, Budget.slots(32), true).key());
    Contender snap = Contender.of(Policies.SNAPKV, List.of("kernel=13", "pool=max", "merge=ems"));
    String ofSnap = new Trial("m", first, 0, snap, Budget.slots(32), true).key();
    assertTrue(
        ofSnap.contains("window=16") && ofSnap.contains("tau=0.3"),
        "what a preset says, so that a changed one is another: " + ofSnap);
    Files.writeString(one, "The boats did not come home.");
    assertNotEquals(
        key,
        new Trial(
                "m", new FileTask(one, false, 0, "yes"), 0, trial.contender(), trial.budget(), true)
            .key());
    assertEquals(key, trial.key(), "what was begun with is what a result is kept for");
    try (Model model = ModelLoader.open(Path.of(MODEL))) {
      BadFileException e = assertThrows(BadFileException.class, () -> first.tokens(model, 0));
      assertTrue(e.getMessage().contains("text.txt: was changed"), e.getMessage());
    }
  }

  @Test
  void generatingATextCanBeStopped() throws IOException {
    Progress stop =
        share -> {
          if (share > 1e-6) {
            throw new CancellationException("Enough.");
          }
        };
    assertThrows(
        CancellationException.class, () -> new Prose(1).sentences(1_000_000_000, s -> 10, stop));
    List<String> begun = new ArrayList<>();
    Experiment.Listener listener =
        new Experiment.Listener() {
          @Override
          public void working(String what, double share) {
            begun.add(what);
          }

          @Override
          public void done(Outcome outcome) {
            begun.add(outcome.key());
          }
        };
    try (LoadedModel loaded =
        LoadedModel.load(ModelLoader.open(Path.of(MODEL)), null, Progress.NONE)) {
      assertThrows(
          CancellationException.class,
          () -> Experiment.run(loaded, trials().subList(0, 1), listener, stop));
    }
    assertEquals(List.of(), begun, "it stops in the text, before the model runs");
  }

  @Test
  void aPromptHasTheTokensThatItsTextHasWhenItIsRunAgain() throws IOException {
    String text = new Task.ProseTask(60, 9).name() + ": zwölf 🎉 Boote, and the keeper's lamp.";
    try (Model model = ModelLoader.open(TestFiles.path("tiny/sentencepiece.gguf"))) {
      int begin = model.tokenizer().encodePrompt("").getFirst().id();
      for (int n = 1; n < 16; n++) {
        for (Task t :
            List.of(
                new Task.ProseTask(60, n),
                new Task.TextTask("text", text, n),
                new Task.NeedleTask(60, 0.5, n % 2 == 0))) {
          Task.Tokens tokens = t.tokens(model, n);
          assertEquals(begin, tokens.prompt()[0], t.name());
          assertArrayEquals(
              Tokenizer.ids(model.tokenizer().encodePrompt(tokens.text())),
              tokens.prompt(),
              t.name());
          assertTrue(tokens.continuation().length >= (t.asks() ? 1 : n), t.name());
        }
      }
    }
  }

  @Test
  void filesCrossEverything() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "a text");
    Path file =
        Files.writeString(
            folder.resolve("e.yaml"),
            """
            title: All of it.
            prompts:
              - prose: {tokens: [40, 50], continuation: 8}
              - needle: {tokens: 40, depth: [0, 1], question: [inside, after]}
              - {file: text.txt, answer: "42"}
            policies: [full, snapkv, {ems: {alpha: 0.25}}]
            switches: {tau: [0.2, 0.4]}
            budgets: [20, 50 %]
            seeds: 1-3
            """);
    List<Trial> trials = GridFile.read(file, MODEL).trials();
    // Prompts by seed: 6 x 3 + 1; full once each, SnapKV, where no tau matters, at two budgets, EMS
    // at
    // two taus x two budgets.
    assertEquals(19 * (1 + 2 + 4), trials.size());
    Trial last = trials.getLast();
    assertEquals("alpha=0.25 tau=0.4", last.contender().switchText());
    assertEquals(0.25, last.choice().options().alpha());
    assertEquals("text.txt", last.task().name());
  }

  @Test
  void switchesWithoutValuesAreRefused() {
    for (String s : List.of("alpha=", "alpha=,", "alpha=0.3,", "alpha")) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> Contender.of(Policies.EMS, List.of(s)), s);
      assertEquals(
          "switch is '" + s + "'; expected NAME=X,Y, such as alpha=0.2,0.4.", e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompts: [] | 'prompts' is missing",
        "prompts: [{prose: {tokens: 0, continuation: 1}}] | tokens is '0'",
        "prompts: [{needle: {tokens: 5, depth: 7}}] | depth is '7'",
        "prompts: [{poem: 3}] | 'poem'",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [best], budgets: [20]} | 'best'",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [{ems: {alhpa: 1}}], budgets: [20]} | 'alhpa'",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [ems], budgets: [x]} | budget is 'x'",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [ems], budgets: [20], seeds: 9-1} | seeds is '9-1'",
        "{prompts: [{file: t, continuation: 3, answer: x}], policies: [ems], budgets: [20]} | either",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [ems], budgets: [20], once: sometimes} | once is 'sometimes'; expected true or false",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [ems], budgets: [20], seeds: []} | 'seeds' is missing",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [ems], budgets: [20], models: []} | 'models' is missing",
        "{prompts: [{prose: {tokens: 9, continuation: 1}}], policies: [ems], budgets: [20], switches: {alpha: []}} | 'alpha' is missing",
        "prompts: [{needle: {tokens: 9, depth: []}}] | 'depth' is missing",
        "prompts: [{file: t, chat: si, answer: x}] | chat is 'si'",
        "prompts: [{needle: {tokens: 9}, answer: x}] | a prompt with a needle has a field 'answer'",
        "{prompts: 3 | not YAML"
      })
  void mistakesInFilesAreNamed(String yaml, String part) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.yaml"), yaml);
    BadFileException e =
        assertThrows(BadFileException.class, () -> GridFile.read(file, MODEL).trials());
    assertTrue(e.getMessage().startsWith("bad.yaml: "), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void damagedResultsAreRefused() throws IOException {
    Files.writeString(folder.resolve("results.jsonl"), "{\"key\": \"a\"}\nnonsense\n");
    BadFileException e = assertThrows(BadFileException.class, () -> ResultStore.open(folder));
    assertEquals("results.jsonl: line 2 is not a result.", e.getMessage());
    Files.write(folder.resolve("results.jsonl"), new byte[] {(byte) 0xC3, '('});
    e = assertThrows(BadFileException.class, () -> ResultStore.open(folder));
    assertEquals("results.jsonl: is not UTF-8 text.", e.getMessage());
  }
}
