package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.emslens.DefaultModel;
import org.emslens.TestFiles;
import org.emslens.Thorough;
import org.emslens.cache.CachePolicy;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.scores.PromptScoring;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each policy does to the default model's predictions, against the same policies in PyTorch.
 */
@Isolated("takes all processors")
class GoldenDriftTest {
  private static final Map<String, Contender> CONTENDERS =
      Map.ofEntries(
          contender("streaming", Policies.STREAMING_LLM),
          contender("h2o", Policies.H2O),
          contender("tova", Policies.TOVA),
          contender("snapkv", Policies.SNAPKV),
          contender("pyramidkv", Policies.PYRAMIDKV),
          contender("ada_snapkv", Policies.ADA_SNAPKV),
          contender("critical_ada", Policies.CRITICAL_ADA),
          contender("rkv", Policies.R_KV),
          contender("merge_on_evict", Policies.MERGE_ON_EVICT),
          contender("ems", Policies.EMS),
          contender("ems_shared", Policies.EMS_SHARED),
          contender("ems_reported", Policies.EMS_REPORTED),
          contender("ems_evict_only", Policies.EMS, "merge=none"),
          contender("ems_no_bias", Policies.EMS, "bias=none"),
          contender("ems_hosts_all", Policies.EMS, "hosts=all"),
          contender("ems_direction_count", Policies.EMS, "merge-keys=direction", "bias=count"),
          contender("ems_local_only", Policies.EMS, "alpha=0"),
          contender("ems_global_only", Policies.EMS, "alpha=1"),
          contender("ems_no_count", Policies.EMS, "count-correction=false"),
          contender("ems_kernel7", Policies.EMS, "kernel=7"),
          contender("ems_keys", Policies.EMS, "similarity=keys"),
          contender("ems_values", Policies.EMS, "similarity=values"),
          contender("ems_not_adaptive", Policies.EMS, "adaptive=false"),
          contender("ems_limit", Policies.EMS, "pool-limit=1"),
          contender("ems_tau", Policies.EMS, "tau=0.6"),
          contender("ems_mass", Policies.EMS, "mass=0.9"),
          contender("ems_window32", Policies.EMS, "window=32"),
          contender("ems_mean", Policies.EMS, "align=mean"));

  private static final int TOGETHER = 16;

  private static Model model;
  private static Device device;
  private static ForwardPass pass;

  private static Map.Entry<String, Contender> contender(
      String name, Policies policy, String... switches) {
    return Map.entry(name, Contender.of(policy, List.of(switches)));
  }

  @BeforeAll
  static void open() throws Exception {
    model = ModelLoader.open(DefaultModel.path());
    device = Devices.open(null);
    pass = new ForwardPass(model, device, Progress.NONE);
  }

  @AfterAll
  static void close() throws IOException {
    pass.close();
    device.close();
    model.close();
  }

  @Test
  void compressedOnce() throws IOException {
    check("golden/drift.json", true);
  }

  /** What the first file leaves out: the other policies, and the switches one by one. */
  @Test
  void otherPoliciesAndSwitchesCompressedOnce() throws IOException {
    check("golden/policies.json", true);
  }

  @Test
  void compressedAgainAndAgain() throws IOException {
    check("golden/decode.json", false);
  }

  /** Without the question in what was compressed: scores that are asked of the prompt. */
  @Test
  void askedBeforeTheQuestion() throws IOException {
    PromptScoring scoring = new PromptScoring(model, pass);
    int named = 0;
    for (JsonNode text : TestFiles.json("golden/after.json").get("cases")) {
      List<JsonNode> rows = new ArrayList<>();
      text.get("rows").forEach(rows::add);
      int[] continuation = ids(text.get("continuation").asText());
      Baseline baseline =
          Baseline.of(pass, ids(text.get("prompt").asText()), continuation, 0, Progress.NONE);
      List<CacheChoice> choices = new ArrayList<>();
      for (JsonNode row : rows) {
        CacheChoice choice = asked(row);
        named += choice.policy() == Policies.EMS_REPEAT ? 0 : 1;
        CachePolicy policy = choice.policy().with(choice.options());
        scoring.ask(baseline.prefill(), policy.asks(), Progress.NONE);
        choices.add(choice);
      }
      List<Drift> drifts = measured(baseline, choices, true);
      for (int i = 0; i < choices.size(); i++) {
        JsonNode row = rows.get(i);
        Drift drift = drifts.get(i);
        assertEquals(row.get("nll").asDouble(), drift.nll(), within(row, "nll"), row + " nll");
        assertEquals(row.get("kl").asDouble(), drift.kl(), within(row, "kl"), row + " kl");
        assertEquals(text.get("fullNll").asDouble(), drift.fullNll(), 0.002);
      }
    }
    assertEquals(16, named, "rows that are what other policies are by default");
  }

  /** Older slots in few levels, again after as many tokens as a group has. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rounded(boolean manyAtOnce) throws IOException {
    for (JsonNode text : TestFiles.json("golden/precision.json").get("cases")) {
      Baseline baseline =
          Baseline.of(
              pass,
              ids(text.get("prompt").asText()),
              ids(text.get("continuation").asText()),
              0,
              Progress.NONE);
      List<CacheChoice> choices = new ArrayList<>();
      List<JsonNode> rows = new ArrayList<>();
      text.get("rows").forEach(rows::add);
      if (!manyAtOnce) {
        // Token by token is slower, and the coarsest shows it best.
        rows.removeIf(row -> !row.get("precision").asText().equals("int2"));
      }
      for (JsonNode row : rows) {
        // Nothing is compressed again, so that one by one is as many at once.
        List<String> switches =
            List.of("precision=" + row.get("precision").asText(), "slack=100000");
        Policies policy = Policies.byId(row.get("policy").asText());
        choices.add(
            Contender.of(policy, switches.subList(0, policy == Policies.FULL ? 1 : 2))
                .choice(Budget.slots(row.get("budget").asInt())));
      }
      List<Drift> drifts = measured(baseline, choices, manyAtOnce);
      for (int i = 0; i < choices.size(); i++) {
        JsonNode row = rows.get(i);
        assertEquals(row.get("nll").asDouble(), drifts.get(i).nll(), within(row, "nll"), row + "");
        assertEquals(row.get("kl").asDouble(), drifts.get(i).kl(), within(row, "kl"), row + "");
      }
    }
  }

  /** As experiments do it, side by side. */
  private static List<Drift> measured(Baseline baseline, List<CacheChoice> choices, boolean once) {
    List<Drift> all = new ArrayList<>();
    for (int at = 0; at < choices.size(); at += TOGETHER) {
      List<CacheChoice> some = choices.subList(at, Math.min(at + TOGETHER, choices.size()));
      all.addAll(Drift.measure(pass, baseline, some, once, Progress.NONE));
    }
    return all;
  }

  private static double within(JsonNode row, String number) {
    return Math.max(0.002, 0.02 * row.get(number).asDouble());
  }

  /** What is somebody's by default is told by the name alone. */
  private static CacheChoice asked(JsonNode row) {
    String merge = row.get("merge").asBoolean() ? "ems" : "none";
    String share = row.get("share").asText();
    String floor = row.get("floor").asText();
    String score = row.get("score").asText();
    Policies policy =
        switch (String.join(" ", score, share, floor, merge)) {
          case "repeat all 0 none" -> Policies.KVZIP;
          case "repeat+ all 0 none" -> Policies.KVZIP_PLUS;
          case "expected even 0 none" -> Policies.EXPECTED_ATTENTION;
          case "keydiff even 0 none" -> Policies.KEYDIFF;
          default -> Policies.EMS_REPEAT;
        };
    boolean published = policy != Policies.EMS_REPEAT || isDefault(row);
    Map<Switch, String> switches =
        // A floor is told where it counts and where it does not.
        Map.of(
            Switch.SCORE,
            score.replace("+", "-plus"),
            Switch.SHARE,
            share,
            Switch.FLOOR,
            floor,
            Switch.MERGE,
            merge);
    return new Contender(policy, published ? Map.of() : switches)
        .choice(Budget.slots(row.get("budget").asInt()));
  }

  private static boolean isDefault(JsonNode row) {
    return row.get("score").asText().equals("repeat+")
        && row.get("share").asText().equals("all")
        && row.get("floor").asDouble() == 0.2
        && row.get("merge").asBoolean();
  }

  private static void check(String file, boolean once) throws IOException {
    JsonNode texts = TestFiles.json(file).get("cases");
    for (int t = 0; t < texts.size(); t++) {
      JsonNode text = texts.get(t);
      int[] prompt = ids(text.get("prompt").asText());
      int[] continuation = ids(text.get("continuation").asText());
      Baseline baseline = Baseline.of(pass, prompt, continuation, 0, Progress.NONE);
      List<JsonNode> rows = Thorough.share(text.get("rows"), t, texts.size());
      List<CacheChoice> choices = rows.stream().map(GoldenDriftTest::choice).toList();
      PromptScoring scoring = new PromptScoring(model, pass);
      for (CacheChoice c : choices) {
        CachePolicy policy = c.policy().with(c.options());
        scoring.ask(baseline.prefill(), policy.asks(), Progress.NONE);
      }
      List<Drift> drifts = measured(baseline, choices, once);
      for (int i = 0; i < rows.size(); i++) {
        JsonNode row = rows.get(i);
        String what = file + " " + row.get("policy") + " " + row.get("budget");
        near(text.get("fullNll").asDouble(), drifts.get(i).fullNll(), what + " fullNll");
        near(row.get("nll").asDouble(), drifts.get(i).nll(), what + " nll");
        near(row.get("kl").asDouble(), drifts.get(i).kl(), what + " kl");
      }
    }
  }

  private static CacheChoice choice(JsonNode row) {
    return CONTENDERS
        .get(row.get("policy").asText())
        .choice(Budget.slots(row.get("budget").asInt()));
  }

  private static int[] ids(String text) {
    return Tokenizer.ids(model.tokenizer().encode(text));
  }

  private static void near(double expected, double found, String what) {
    assertEquals(expected, found, 0.02 * expected, what);
  }
}
