package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.text.ChatMessage;
import org.emslens.text.Token;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a model can be stored, against Hugging Face transformers. */
class TinyModelsTest {

  static Stream<Arguments> modelsAndDevices() {
    return Devices.find().stream()
        .filter(DeviceProvider.Found::usable)
        .flatMap(
            d ->
                Stream.of("plain", "sharded", "llama3", "model.gguf")
                    .map(m -> Arguments.of(m, d.id())));
  }

  @ParameterizedTest
  @MethodSource("modelsAndDevices")
  void agreesWithTransformers(String name, String on) throws IOException {
    JsonNode expected = TestFiles.json("tiny/expected.json");
    try (Model model = ModelLoader.open(TestFiles.path("tiny/" + name));
        Device device = Devices.open(on);
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      String text = expected.get("text").asText();
      int[] all = Tokenizer.ids(model.tokenizer().encode(text));
      assertArrayEquals(TestFiles.ints(expected.get("ids")), all);
      assertEquals(text, model.tokenizer().decode(all));
      List<ChatMessage> chat = List.of(new ChatMessage("user", "Which boat came last?"));
      assertEquals(expected.get("chat").asText(), model.chat().render(chat));

      JsonNode row = expected.get("models").get(name);
      int[] ids = TestFiles.ints(row.get("ids"));
      float[] logits = new float[row.get("logits").size()];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) row.get("logits").get(i).asDouble();
      }
      Prompt whole = pass.prompt(ids, null, Progress.NONE);
      assertArrayEquals(logits, whole.logits(), 2e-3f);
      decodingContinuesPrompt(pass, ids, logits);
    }
  }

  @Test
  void sentencePieceTokensOfAGgufAreEqual() throws IOException {
    JsonNode expected = TestFiles.json("tiny/expected.json").get("sentencepiece");
    String text = expected.get("text").asText();
    try (Model model = ModelLoader.open(TestFiles.path("tiny/sentencepiece.gguf"))) {
      List<Token> tokens = model.tokenizer().encode(text);
      assertArrayEquals(TestFiles.ints(expected.get("ids")), Tokenizer.ids(tokens));
      assertEquals(" " + text, model.tokenizer().decode(Tokenizer.ids(tokens)));
      assertEquals(text.length(), tokens.getLast().end());
      assertEquals(1, model.tokenizer().encodePrompt(text).getFirst().id(), "begins with <s>");
    }
  }

  /** The last tokens decoded one by one give what a prefill of all gives, statistics included. */
  private static void decodingContinuesPrompt(ForwardPass pass, int[] ids, float[] logits) {
    int cut = ids.length - 20;
    int[] head = Arrays.copyOf(ids, cut);
    Cache cache = pass.prompt(head, null, Progress.NONE).cache(16);
    float[] last = null;
    for (int i = cut; i < ids.length; i++) {
      last = pass.step(cache, ids[i], null);
    }
    assertArrayEquals(logits, last, 2e-3f);
    Cache whole = pass.prompt(ids, null, Progress.NONE).cache(16);
    for (int l = 0; l < pass.config().layers(); l++) {
      for (int g = 0; g < pass.config().kvHeads(); g++) {
        var a = whole.memory().state(l).heads().get(g);
        var b = cache.memory().state(l).heads().get(g);
        for (int j = 0; j < ids.length; j++) {
          assertEquals(a.received()[j], b.received()[j], 1e-4f);
          assertEquals(a.local()[j], b.local()[j], 1e-5f);
          assertEquals(a.queries()[j], b.queries()[j]);
        }
      }
    }
  }
}
