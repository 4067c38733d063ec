package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import org.emslens.DefaultModel;
import org.emslens.TestFiles;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.engine.Engine;
import org.emslens.engine.Progress;
import org.emslens.engine.nd4j.Nd4jEngine;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What each policy does to the default model's predictions, against the same policies in PyTorch.
 */
class GoldenDriftTest {
  private static final Map<String, CacheChoice> CHOICES =
      Map.of(
          "streaming", choice(Policies.STREAMING_LLM, CacheOptions.EMS),
          "h2o", choice(Policies.H2O, CacheOptions.EMS),
          "snapkv", choice(Policies.SNAPKV, CacheOptions.EMS),
          "pyramidkv", choice(Policies.PYRAMIDKV, CacheOptions.EMS),
          "ems", choice(Policies.EMS, CacheOptions.EMS),
          "ems_evict_only", choice(Policies.EMS, CacheOptions.EMS.with(d -> d.merge = false)),
          "ems_reported", choice(Policies.EMS_REPORTED, Policies.EMS_REPORTED.preset()));

  private static Model model;
  private static Engine engine;

  private static CacheChoice choice(Policies policy, CacheOptions options) {
    return new CacheChoice(policy, options, Budget.slots(1));
  }

  @BeforeAll
  static void open() throws Exception {
    model = ModelLoader.open(DefaultModel.path());
    engine = new Nd4jEngine(model.config(), model.weights(), Progress.NONE);
  }

  @AfterAll
  static void close() throws IOException {
    engine.close();
    model.close();
  }

  @Test
  void compressedOnce() throws IOException {
    check("golden/drift.json", true);
  }

  @Test
  void compressedAgainAndAgain() throws IOException {
    check("golden/decode.json", false);
  }

  private static void check(String file, boolean once) throws IOException {
    for (JsonNode c : TestFiles.json(file).get("cases")) {
      int[] prompt = ids(c.get("prompt").asText());
      int[] continuation = ids(c.get("continuation").asText());
      Baseline baseline = Baseline.of(engine, prompt, continuation, 0, Progress.NONE);
      for (JsonNode row : c.get("rows")) {
        String name = row.get("policy").asText();
        int budget = row.get("budget").asInt();
        CacheChoice choice = CHOICES.get(name);
        if (choice == null) {
          continue;
        }
        Drift drift =
            Drift.measure(
                engine, baseline, choice.withBudget(Budget.slots(budget)), once, Progress.NONE);
        String what = file + " " + name + " " + budget;
        near(c.get("fullNll").asDouble(), drift.fullNll(), what + " fullNll");
        near(row.get("nll").asDouble(), drift.nll(), what + " nll");
        near(row.get("kl").asDouble(), drift.kl(), what + " kl");
      }
    }
  }

  private static int[] ids(String text) {
    return Tokenizer.ids(model.tokenizer().encode(text));
  }

  private static void near(double expected, double found, String what) {
    assertEquals(expected, found, 0.02 * expected, what);
  }
}
