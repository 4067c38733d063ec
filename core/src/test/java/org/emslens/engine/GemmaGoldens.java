package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.emslens.GemmaModel;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.format.Npy;
import org.emslens.math.Ranking;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.text.Token;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Gemma 3 270M, a model with local and global layers, against numbers that transformers computed
 * from the same file, and token ids from llama.cpp; one text is longer than the window.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class GemmaGoldens {
  /** Of the vocabulary every so many-th logit is kept. */
  private static final int NTH = 64;

  private Model model;
  private Device device;
  private ForwardPass pass;

  /** What computes. */
  abstract Device device();

  @BeforeAll
  void open() throws Exception {
    device = device();
    model = ModelLoader.open(GemmaModel.path());
    pass = new ForwardPass(model, device, Progress.NONE);
  }

  @AfterAll
  void close() throws IOException {
    if (pass != null) {
      pass.close();
    }
    if (model != null) {
      model.close();
    }
    device.close();
  }

  @Test
  void tokensAreEqual() throws IOException {
    for (JsonNode c : TestFiles.json("gemma/index.json")) {
      String text = c.get("text").asText();
      List<Token> tokens = model.tokenizer().encodePrompt(text);
      assertArrayEquals(
          TestFiles.ints(c.get("ids")), Tokenizer.ids(tokens), c.get("name").asText());
      assertEquals(text, model.tokenizer().decode(Tokenizer.ids(tokens.subList(1, tokens.size()))));
      int[] continuation = TestFiles.ints(c.get("continuation"));
      assertEquals(c.get("continued").asText(), model.tokenizer().decode(continuation));
    }
  }

  @Test
  void logitsAttentionAndContinuationsAgree() throws IOException {
    for (JsonNode c : TestFiles.json("gemma/index.json")) {
      String name = c.get("name").asText();
      int[] ids = TestFiles.ints(c.get("ids"));
      List<Integer> best = new ArrayList<>();
      float[][] logits = new float[ids.length][];
      Prompt prompt =
          pass.prompt(
              ids,
              (at, row) -> {
                best.add(Ranking.argMax(row));
                logits[at] = every(row);
              },
              Progress.NONE);
      assertEquals(best.toString().replace(" ", ""), c.get("argmax").toString(), name);
      Npy expected = TestFiles.npy("gemma/" + name + "-logits.npy");
      int[] positions = TestFiles.ints(c.get("positions"));
      for (int i = 0; i < positions.length; i++) {
        for (int v = 0; v < logits[0].length; v++) {
          float wanted = expected.data()[i * logits[0].length + v];
          assertEquals(wanted, logits[positions[i]][v], 2e-3f, name);
        }
      }
      for (int layer : new int[] {0, 5}) {
        attention(prompt, layer, TestFiles.npy("gemma/" + name + "-attention-" + layer + ".npy"));
      }
      Cache cache = prompt.cache(16);
      float[] next = prompt.logits();
      for (int token : TestFiles.ints(c.get("continuation"))) {
        assertEquals(token, Ranking.argMax(next), name);
        next = pass.step(cache, token, null);
      }
    }
  }

  /** Of the last queries. */
  private void attention(Prompt prompt, int layer, Npy expected) {
    int n = prompt.tokens();
    int rows = expected.shape()[1];
    for (int h = 0; h < model.config().heads(); h++) {
      float[] found = prompt.map(layer, h, n - rows, rows, 0, n, rows, n, () -> false);
      for (int i = 0; i < rows * n; i++) {
        assertEquals(expected.data()[h * rows * n + i], found[i], 2e-4f);
      }
    }
  }

  private static float[] every(float[] row) {
    float[] some = new float[row.length / NTH];
    for (int i = 0; i < some.length; i++) {
      some[i] = row[i * NTH];
    }
    return some;
  }
}
