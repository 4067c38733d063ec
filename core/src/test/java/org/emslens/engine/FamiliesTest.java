package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.emslens.FamilyModels;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.math.Ranking;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A tiny model of every family, as a folder and as GGUF, on every device: what Hugging Face's
 * transformers computes from it (see make_families.py), past the windows of those that have one.
 */
class FamiliesTest {
  private static final float CLOSE = 2e-4f;

  /** Of all positions, the logits of every 20th token are kept. */
  private static final int SOME = 20;

  @TempDir Path folder;

  static Stream<Arguments> modelsAndDevices() throws IOException {
    JsonNode models = FamilyModels.expected().get("models");
    List<Arguments> all = new ArrayList<>();
    for (DeviceProvider.Found d : Devices.find()) {
      for (var m : d.usable() ? models.properties() : List.<Map.Entry<String, JsonNode>>of()) {
        all.add(Arguments.of(m.getKey(), d.id()));
        if (m.getValue().get("gguf").asBoolean()) {
          all.add(Arguments.of(m.getKey() + ".gguf", d.id()));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("modelsAndDevices")
  void agreesWithTransformers(String file, String on) throws IOException {
    String name = file.replace(".gguf", "");
    JsonNode all = FamilyModels.expected();
    JsonNode expected = all.get("models").get(name);
    int[] ids = TestFiles.ints(all.get("ids"));
    try (Model model = ModelLoader.open(FamilyModels.path(file, folder));
        Device device = Devices.open(on);
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      float[][] logits = new float[ids.length][];
      Prompt prompt = pass.prompt(ids, (at, row) -> logits[at] = row.clone(), Progress.NONE);
      int vocab = pass.config().vocab();
      for (int i = 0; i < expected.get("at").size(); i++) {
        float[] row = floats(expected.get("logits"), i * vocab, vocab);
        assertArrayEquals(row, logits[expected.get("at").get(i).asInt()], CLOSE);
      }
      for (int t = 0; t < ids.length; t++) {
        for (int i = 0; i < vocab; i += SOME) {
          int at = (t * vocab + i) / SOME;
          assertEquals(expected.get("some").get(at).asDouble(), logits[t][i], CLOSE);
        }
      }
      attention(prompt, expected);
      int[] continuation = TestFiles.ints(expected.get("continuation"));
      assertArrayEquals(continuation, again(pass, ids, continuation.length), "without a cache");
      int[] cached = TestFiles.ints(expected.get("cached"));
      assertArrayEquals(cached, greedy(pass, ids, cached.length), "with a cache");
    }
  }

  private static void attention(Prompt prompt, JsonNode expected) {
    int layer = expected.get("layer").asInt();
    int n = prompt.tokens();
    int[] rows = {0, n / 2 - 1, n - 1};
    for (int h = 0; h < prompt.config().heads(); h++) {
      for (int r = 0; r < rows.length; r++) {
        float[] row = prompt.map(layer, h, rows[r], 1, 0, n, 1, n, () -> false);
        assertArrayEquals(
            floats(expected.get("attention"), (h * rows.length + r) * n, n), row, CLOSE);
      }
    }
  }

  private static int[] greedy(ForwardPass pass, int[] ids, int tokens) {
    Prompt prompt = pass.prompt(ids, null, Progress.NONE);
    Cache cache = prompt.cache(4);
    int[] out = new int[tokens];
    float[] logits = prompt.logits();
    for (int i = 0; i < tokens; i++) {
      out[i] = Ranking.argMax(logits);
      logits = pass.step(cache, out[i], null);
    }
    return out;
  }

  private static int[] again(ForwardPass pass, int[] ids, int tokens) {
    int[] all = Arrays.copyOf(ids, ids.length + tokens);
    for (int n = ids.length; n < all.length; n++) {
      all[n] = Ranking.argMax(pass.prompt(Arrays.copyOf(all, n), null, Progress.NONE).logits());
    }
    return Arrays.copyOfRange(all, ids.length, all.length);
  }

  private static float[] floats(JsonNode array, int from, int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) array.get(from + i).asDouble();
    }
    return out;
  }
}
