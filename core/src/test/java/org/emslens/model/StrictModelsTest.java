package org.emslens.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.MemoryNeed;
import org.emslens.engine.Progress;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that a file says is used, known to be harmless, or refused by name. */
class StrictModelsTest {
  @TempDir Path folder;

  /** A copy of the tiny model with another config.json and one more tensor. */
  private Path changed(String field, Object value, String tensor, int numbers) throws IOException {
    Path copy = Files.createTempDirectory(folder, "model");
    try (Stream<Path> files = Files.list(TestFiles.path("tiny/plain"))) {
      for (Path f : files.toList()) {
        Files.copy(f, copy.resolve(f.getFileName().toString()));
      }
    }
    if (field != null) {
      ObjectNode json = (ObjectNode) Json.read(copy.resolve("config.json"));
      json.putPOJO(field, value);
      Files.write(copy.resolve("config.json"), Json.MAPPER.writeValueAsBytes(json));
    }
    if (tensor != null) {
      addTensor(copy.resolve("model.safetensors"), tensor, numbers);
    }
    return copy;
  }

  private static void addTensor(Path file, String name, int numbers) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int length = (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] data = Arrays.copyOfRange(all, 8 + length, all.length);
    ObjectNode header = (ObjectNode) Json.MAPPER.readTree(all, 8, length);
    ObjectNode t = header.putObject(name).put("dtype", "F32");
    t.putArray("shape").add(numbers);
    t.putArray("data_offsets").add(data.length).add(data.length + 4 * numbers);
    byte[] text = Json.MAPPER.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(8 + text.length + data.length + 4 * numbers)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(text.length).put(text).put(data);
    for (int i = 0; i < numbers; i++) {
      out.putFloat(i % 5 - 2);
    }
    Files.write(file, out.array());
  }

  private static String refusal(Path model) {
    return assertThrows(BadFileException.class, () -> ModelLoader.open(model).close()).getMessage();
  }

  @Test
  void aFieldThatSwitchesSomethingOnIsRefused() throws IOException {
    String said = refusal(changed("embedding_multiplier", 12, null, 0));
    assertTrue(said.contains("'embedding_multiplier' is 12; what it changes is not known"), said);
    ModelLoader.open(changed("some_new_switch", false, null, 0)).close();
    ModelLoader.open(changed("transformers_version", "9.9", null, 0)).close();
  }

  /** Programs that train or publish models write fields of their own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"_attn_implementation_autoset\": true}",
        "{\"id2label\": {\"0\": \"LABEL_0\"}, \"label2id\": {\"LABEL_0\": 0}, \"_num_labels\": 1}",
        "{\"max_length\": 50, \"temperature\": 0.7, \"top_p\": 0.9, \"do_sample\": true}",
        "{\"tokenizer_class\": \"LlamaTokenizer\", \"sep_token_id\": 3, \"max_sequence_length\": 64}",
        "{\"return_dict\": true, \"output_hidden_states\": true, \"model_max_length\": 64}"
      })
  void fieldsOfTrainingAndSamplingChangeNothing(String fields) throws IOException {
    Path copy = changed("use_cache", true, null, 0);
    ObjectNode json = (ObjectNode) Json.read(copy.resolve("config.json"));
    json.setAll((ObjectNode) Json.MAPPER.readTree(fields));
    Files.write(copy.resolve("config.json"), Json.MAPPER.writeValueAsBytes(json));
    ModelLoader.open(copy).close();
  }

  @Test
  void twoWordsOnPositionsAreRefused() throws IOException {
    Path copy = changed("use_cache", true, null, 0);
    ObjectNode json = (ObjectNode) Json.read(copy.resolve("config.json"));
    json.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", 10000.0);
    json.putObject("rope_scaling").put("type", "linear").put("factor", 4.0);
    Files.write(copy.resolve("config.json"), Json.MAPPER.writeValueAsBytes(json));
    String said = refusal(copy);
    assertTrue(
        said.contains("'rope_scaling' has 'type' \"linear\", 'rope_parameters' \"default\""), said);
  }

  @Test
  void whatIsNotThereYetIsToldApartFromWhatIsBroken() throws IOException {
    Path pointer = folder.resolve("p.gguf");
    Files.writeString(
        pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    String said = refusal(pointer);
    assertTrue(said.contains("p.gguf") && said.contains("Git LFS's pointer"), said);
    Path copy = changed("use_cache", true, null, 0);
    Files.move(copy.resolve("model.safetensors"), copy.resolve("pytorch_model.bin"));
    said = refusal(copy);
    assertTrue(said.contains("no model.safetensors; its weights are in pytorch_model.bin"), said);
  }

  @Test
  void aTensorWithoutAPlaceIsRefused() throws IOException {
    String name = "model.layers.1.self_attn.q_norm.weight";
    String said = refusal(changed(null, null, name, 16));
    assertTrue(said.contains("tensor '" + name + "' has no place"), said);
  }

  @Test
  void aMetadataKeyThatNobodyKnowsIsRefused() throws IOException {
    byte[] file = Files.readAllBytes(TestFiles.path("tiny/model.gguf"));
    byte[] known = "llama.vocab_size".getBytes(StandardCharsets.UTF_8);
    byte[] unknown = "llama.logit_scal".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i + known.length <= file.length; i++) {
      if (Arrays.equals(file, i, i + known.length, known, 0, known.length)) {
        System.arraycopy(unknown, 0, file, i, unknown.length);
      }
    }
    Path changed = Files.write(folder.resolve("changed.gguf"), file);
    String said = refusal(changed);
    assertTrue(said.contains("metadata 'llama.logit_scal' is '320'; what it changes"), said);
  }

  @Test
  void biasesOfProjectionsAreAdded() throws IOException {
    int[] ids = {5, 9, 31, 77};
    Path biased = changed("attention_bias", true, "model.layers.0.self_attn.q_proj.bias", 64);
    float[] without = logits(TestFiles.path("tiny/plain"), "cpu", ids);
    float[] with = logits(biased, "cpu", ids);
    float[] expected = logits(biased, "plain", ids);
    float apart = 0;
    for (int i = 0; i < with.length; i++) {
      assertEquals(expected[i], with[i], 2e-3f);
      apart = Math.max(apart, Math.abs(with[i] - without[i]));
    }
    assertTrue(apart > 0.01f, "the bias makes no difference");
  }

  private static float[] logits(Path file, String device, int[] ids) throws IOException {
    try (LoadedModel loaded = LoadedModel.load(ModelLoader.open(file), device, Progress.NONE)) {
      ForwardPass pass = loaded.pass();
      return pass.prompt(ids, null, Progress.NONE).logits();
    }
  }

  /** A device that has next to nothing left. */
  @Test
  void aModelThatCannotFitIsRefusedBeforeItIsLoaded() throws IOException {
    try (Device real = Devices.open("cpu");
        Model model = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      Device full =
          (Device)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Device.class},
                  (proxy, method, arguments) -> {
                    assertFalse(method.getName().equals("matrix"), "nothing is loaded");
                    return method.getName().equals("freeBytes")
                        ? 1L << 20
                        : method.invoke(real, arguments);
                  });
      String said =
          assertThrows(DeviceException.class, () -> MemoryNeed.check(model, full)).getMessage();
      assertTrue(said.contains("plain needs about 0.3 GB"), said);
      assertTrue(said.contains("0.0 GB are free on the device 'cpu'"), said);
      MemoryNeed.check(model, real);
    }
  }
}
