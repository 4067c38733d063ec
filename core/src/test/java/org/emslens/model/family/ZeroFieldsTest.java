package org.emslens.model.family;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.emslens.FamilyModels;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a family divides by is not 0. */
class ZeroFieldsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "smollm3, no_rope_layer_interval",
    "gemma3, sliding_window_pattern",
    "gemma3, query_pre_attn_scalar",
    "granite, logits_scaling",
  })
  void areRefusedByName(String family, String field) throws IOException {
    Path model = FamilyModels.path(family, folder);
    Path file = model.resolve("config.json");
    ObjectNode json = (ObjectNode) Json.read(file);
    json.remove("no_rope_layers");
    json.remove("layer_types");
    Json.MAPPER.writeValue(file.toFile(), json.put(field, 0));
    BadFileException e =
        assertThrows(BadFileException.class, () -> ModelLoader.open(model).close());
    assertTrue(e.getMessage().contains("'" + field + "' is 0"), e.getMessage());
  }
}
