package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import org.emslens.DefaultModel;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.format.Npy;
import org.emslens.math.Ranking;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The default model against numbers that Hugging Face transformers computed from the same file. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class Goldens {
  private Model model;
  private Device device;
  private ForwardPass pass;

  /** What computes. */
  abstract Device device();

  /** How long a text it is given at most, in tokens; continuations are a fourth as long. */
  int most() {
    return Integer.MAX_VALUE;
  }

  @BeforeAll
  void open() throws Exception {
    device = device();
    model = ModelLoader.open(DefaultModel.path());
    pass = new ForwardPass(model, device, Progress.NONE);
  }

  @AfterAll
  void close() throws IOException {
    if (pass == null) {
      return;
    }
    pass.close();
    device.close();
    model.close();
  }

  @Test
  void logitsAndAttentionAgree() throws IOException {
    for (JsonNode c : TestFiles.json("golden/index.json")) {
      if (c.get("ids").size() > most()) {
        continue;
      }
      String name = c.get("name").asText();
      Npy expected = TestFiles.npy("golden/" + name + "-logits.npy");
      int[] positions = TestFiles.ints(c.get("positions"));
      Prompt run =
          pass.prompt(
              TestFiles.ints(c.get("ids")),
              (at, logits) -> {
                for (int i = 0; i < positions.length; i++) {
                  if (positions[i] == at) {
                    for (int v = 0; v < logits.length; v++) {
                      assertEquals(expected.data()[i * logits.length + v], logits[v], 1e-3f);
                    }
                  }
                }
              },
              Progress.NONE);
      if (name.equals("plain")) {
        for (int layer : new int[] {0, 14, 29}) {
          attentionAgrees(run, layer, TestFiles.npy("golden/plain-attention-" + layer + ".npy"));
        }
      }
    }
  }

  private void attentionAgrees(Prompt run, int layer, Npy expected) {
    int n = run.tokens();
    for (int h = 0; h < model.config().heads(); h++) {
      float[] found = run.map(layer, h, 0, n, 0, n, n, n, () -> false);
      for (int i = 0; i < n * n; i++) {
        assertEquals(expected.data()[h * n * n + i], found[i], 1e-4f);
      }
    }
  }

  @Test
  void greedyContinuationsAreEqual() throws IOException {
    for (JsonNode c : TestFiles.json("golden/index.json")) {
      if (!c.has("continuation") || c.get("ids").size() > most()) {
        continue;
      }
      Prompt run = pass.prompt(TestFiles.ints(c.get("ids")), null, Progress.NONE);
      Cache cache = run.cache(16);
      int[] expected = TestFiles.ints(c.get("continuation"));
      float[] logits = run.logits();
      for (int token : Arrays.copyOf(expected, Math.min(expected.length, most() / 4))) {
        assertEquals(token, Ranking.argMax(logits));
        logits = pass.step(cache, token, null);
      }
    }
  }
}
