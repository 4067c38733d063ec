package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.emslens.DefaultModel;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.format.Gguf;
import org.emslens.format.Npy;
import org.emslens.format.TensorInfo;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.text.ChatMessage;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The default model against numbers that Hugging Face transformers computed from the same file, on
 * the best device of this machine.
 */
class GoldenTest {
  private static Model model;
  private static Device device;
  private static ForwardPass pass;

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
  void dequantisedWeightsAreBitEqual() throws Exception {
    try (Gguf file = new Gguf(DefaultModel.path())) {
      for (var e : TestFiles.json("golden/weights.json").properties()) {
        TensorInfo t = file.tensors().get(e.getKey());
        float[] values = new float[(int) t.count()];
        file.read(t, 0, values);
        for (int i = 0; i < 32; i++) {
          assertEquals((float) e.getValue().get("first").get(i).asDouble(), values[i]);
        }
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        assertEquals(e.getValue().get("sha256").asText(), HexFormat.of().formatHex(digest));
      }
    }
  }

  @Test
  void tokensAndChatsAreEqual() throws IOException {
    for (JsonNode c : TestFiles.json("golden/index.json")) {
      String text = c.get("text").asText();
      if (c.has("chat")) {
        List<ChatMessage> chat = new ArrayList<>();
        c.get("chat")
            .forEach(
                m -> chat.add(new ChatMessage(m.get("role").asText(), m.get("content").asText())));
        assertEquals(text, model.chat().render(chat));
      }
      int[] ids = Tokenizer.ids(model.tokenizer().encode(text));
      assertArrayEquals(TestFiles.ints(c.get("ids")), ids);
      assertEquals(text, model.tokenizer().decode(ids));
    }
  }

  @Test
  void logitsAndAttentionAgree() throws IOException {
    for (JsonNode c : TestFiles.json("golden/index.json")) {
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

  private static void attentionAgrees(Prompt run, int layer, Npy expected) {
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
      if (!c.has("continuation")) {
        continue;
      }
      Prompt run = pass.prompt(TestFiles.ints(c.get("ids")), null, Progress.NONE);
      Cache cache = run.cache(16);
      int[] expected = TestFiles.ints(c.get("continuation"));
      float[] logits = run.logits();
      for (int token : expected) {
        assertEquals(token, argMax(logits));
        logits = pass.step(cache, token, null);
      }
    }
  }

  private static int argMax(float[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] ? i : best;
    }
    return best;
  }
}
