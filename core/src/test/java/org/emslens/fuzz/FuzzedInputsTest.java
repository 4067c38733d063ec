package org.emslens.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Inputs that a fuzzer found worth keeping, those that once did harm among them. New ones are
 * looked for by `mvn -Pfuzz -DskipTests verify -pl core -Dfuzz.target=Gguf`.
 */
class FuzzedInputsTest {
  private static final Map<String, Consumer<byte[]>> TARGETS =
      Map.of(
          "Gguf", GgufTarget::fuzzerTestOneInput,
          "Safetensors", SafetensorsTarget::fuzzerTestOneInput,
          "Config", ConfigTarget::fuzzerTestOneInput,
          "Tokenizer", TokenizerTarget::fuzzerTestOneInput,
          "Template", TemplateTarget::fuzzerTestOneInput,
          "Recording", RecordingTarget::fuzzerTestOneInput);

  @ParameterizedTest
  @ValueSource(strings = {"Gguf", "Safetensors", "Config", "Tokenizer", "Template", "Recording"})
  void areTakenOrRefusedInASentence(String target) throws IOException {
    List<Path> inputs;
    try (Stream<Path> all = Files.list(TestFiles.path("fuzz/" + target))) {
      inputs = all.sorted().toList();
    }
    assertEquals(false, inputs.isEmpty(), "there are none for " + target);
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      Assertions.assertTimeout(
          Duration.ofSeconds(10), () -> TARGETS.get(target).accept(bytes), input.toString());
    }
  }
}
